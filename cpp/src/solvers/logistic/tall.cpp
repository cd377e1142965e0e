#include "solvers/logistic/tall.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>

#include "parallel/n_threads.hpp"
#include "solvers/logistic/binomial_hessian.hpp"
#include "solvers/logistic/diagonal_metric.hpp"
#include "solvers/logistic/early_descent.hpp"
#include "solvers/logistic/gap_bound.hpp"
#include "solvers/logistic/kernel_hessian.hpp"
#include "solvers/logistic/multinomial_metric.hpp"
#include "solvers/logistic/nearest.hpp"
#include "solvers/logistic/newton_cg.hpp"
#include "solvers/logistic/null_start.hpp"
#include "solvers/logistic/thresholds.hpp"

namespace elltwo {
namespace {

// Fits of samples, which find the start of a fit.

/// Rows times coefficients up to which samples save nothing.
constexpr double few_numbers = 2e5;

/// Rows for each column in the smallest and in the largest sample.
constexpr Index least_rows_a_column = 5;
constexpr Index most_rows_a_column = 100;

constexpr Index sample_growth = 5;  // from one sample to the next

/// Newton decrement that the fit of a sample may leave, in parts of the decrement that separates
/// its minimum from that of all rows.
constexpr double sample_slack = 0.5;

constexpr int most_sample_steps = 12;

// Descent without a Hessian, where a Hessian costs many passes.

/// Rows times coefficients from which it may save more than it costs, and columns likewise.
constexpr double many_numbers = 5e5;
constexpr Index many_columns = 400;

/// Rows a column up to which Hessians are formed from the kernel of the rows: it costs as much as
/// the products of one Hessian, and then only factors are new from point to point.
constexpr double most_kernel_rows_a_column = 1.25;

// Continuation in alpha, for fits that a weak penalty alone keeps finite.

constexpr int steps_before_continuation = 40;
constexpr int most_stages = 60;
constexpr double stage_tol = 1e-3;

/// The first fall of alpha, as a ratio, and the ratio of the logarithms of a fall and the one
/// before. Ten classes of 3 000 x 300 at an alpha of 1e-4 took 580 passes so, and 630 with falls
/// by 100 or with falls by 10 and twice as much in the logarithm each time.
constexpr double first_fall = 30.0;
constexpr double fall_growth = 1.5;

/// Reciprocal condition number below which a fit without a penalty returns the nearest
/// coefficients.
constexpr double collinear_rcond = 1e-12;

/// How the steps of a fit are made.
struct Method {
  Solver solver = Solver::quasi_newton;
  const char* reason = "dense features, fewer than samples";
  const char* fallback = "";
};

template <Real T>
Method method_for(const LogisticProblem<T>& problem) {
  const bool binary = problem.n_outputs() == 1;
  switch (problem.options().solver) {
    case LogisticSolver::automatic:
      return {.solver = binary ? Solver::newton_cholesky : Solver::quasi_newton};
    case LogisticSolver::newton_cholesky:
      if (binary || MultinomialHessian<T>::fits(problem)) {
        return {.solver = Solver::newton_cholesky, .reason = "asked for"};
      }
      return {.solver = Solver::newton_cg,
              .reason = "newton_cholesky was asked for",
              .fallback = "the Hessian of all classes would take too much memory"};
    case LogisticSolver::quasi_newton:
      return {.solver = Solver::quasi_newton, .reason = "asked for"};
    case LogisticSolver::newton_cg:
      break;
  }
  return {.solver = Solver::newton_cg, .reason = "asked for"};
}

template <Real T>
std::unique_ptr<LogisticMetric> metric_for(const LogisticProblem<T>& problem, Solver solver,
                                           const RoundedRows* rounded) {
  if (problem.n_outputs() == 1) {
    if (solver == Solver::newton_cg) return std::make_unique<DiagonalMetric<T>>(problem);
    const auto most_rows = most_kernel_rows_a_column * static_cast<double>(problem.n_features());
    if (rounded != nullptr && static_cast<double>(problem.rows().n) <= most_rows) {
      return std::make_unique<KernelHessian<T>>(problem, *rounded);
    }
    return std::make_unique<BinomialHessian<T>>(problem);
  }
  if (solver == Solver::newton_cholesky) return std::make_unique<MultinomialHessian<T>>(problem);
  if (problem.options().solver == LogisticSolver::automatic) {
    return std::make_unique<MultinomialMetric<T>>(problem);
  }
  return std::make_unique<ClasswiseHessian<T>>(problem);
}

/// Fits of the same data, each started from the one before.
template <Real T>
class TallLogistic {
 public:
  TallLogistic(const LogisticData<T>& data, const LogisticOptions& options, Monitor& monitor)
      : data_(data), options_(options), problem_(data, options, monitor) {}

  /// Prepares the data and sets the start of the first fit, at this alpha.
  void begin(double alpha, std::span<const double> start, LogisticInfo& info);

  void fit(double alpha, LogisticInfo& info);
  void write(double alpha, double* coef, double* intercept) const;

 private:
  std::vector<Index> sample_sizes() const;
  void fit_samples(std::vector<double>& theta, LogisticInfo& info);
  bool may_descend_early() const;
  void choose_metric();
  void take_null_if_lower(LogisticInfo& info);
  void set_alpha(double alpha);
  void descend(DescentGoal goal, LogisticInfo& info);
  bool may_become_newton_cg() const;
  void become_newton_cg();
  void leave_newton_cg();
  void start_from_last_fits(double alpha, LogisticInfo& info);
  void report(Solver solver, const LogisticMetric& metric, double rcond, LogisticInfo& info);
  void continue_to(double alpha, LogisticInfo& info);
  void extrapolate(const Buffer<double>& before, double by);

  const LogisticData<T>& data_;
  const LogisticOptions& options_;
  LogisticProblem<T> problem_;
  Method method_;
  std::unique_ptr<LogisticMetric> metric_;
  std::unique_ptr<LogisticObjective<T>> objective_;
  std::unique_ptr<NullStart<T>> null_start_;  ///< null: no prior means, which are a good start
  bool became_newton_cg_ = false;             ///< and smaller alphas are fitted so too
  double last_alpha_ = 0.0;
  double last_fall_ = 0.0;      ///< of log alpha, from before_ to the last fit
  Buffer<double> before_;       ///< the fit before the last, if both were by conjugate gradients
  double lanczos_rcond_ = 1.0;  ///< of the last fit by conjugate gradients
  std::optional<RoundedRows> rounded_;    ///< for the next member and KernelHessian
  std::optional<EarlyDescent<T>> early_;  ///< if the fits begin without a Hessian
  LogisticPoint at_;
  bool metric_is_near_ = false;  ///< it has been refreshed at a point near at_
};

template <Real T>
std::vector<Index> TallLogistic<T>::sample_sizes() const {
  const Index n = problem_.rows().n;
  const Index columns = problem_.cols() * std::max<Index>(1, problem_.n_outputs() / 2);
  std::vector<Index> sizes;
  for (Index m = std::min(n / sample_growth, most_rows_a_column * columns);
       m >= least_rows_a_column * columns; m /= sample_growth) {
    sizes.insert(sizes.begin(), m);
  }
  return sizes;
}

// Fits samples of growing size, each from the minimum of the one before. They cost a fraction of a
// pass with a Hessian, and end about as near to the minimum as their size allows.
template <Real T>
void TallLogistic<T>::fit_samples(std::vector<double>& theta, LogisticInfo& info) {
  const Index n = problem_.rows().n;
  for (const Index m : sample_sizes()) {
    const auto rows = problem_.sample(m);
    const LogisticObjective<T> objective(problem_, rows);
    auto at = objective.new_point();
    std::copy(theta.begin(), theta.end(), at.theta.begin());
    objective.evaluate(at);
    // The decrement that is left at the sample's minimum: about one a coefficient, times n / m.
    const double own_error = static_cast<double>(problem_.size()) * static_cast<double>(n / m);
    LogisticDescent<T> descent(objective, *metric_);
    const DescentGoal goal{.decrement = sample_slack * own_error, .max_iter = most_sample_steps};
    descent.run(goal, metric_is_near_, at, info);
    theta.assign(at.theta.begin(), at.theta.end());
    metric_is_near_ = true;
  }
  info.n_iter = 0;
}

// Whether fits begin without a Hessian: it costs many passes, and there are too few rows for
// samples. Without a penalty there may be no minimum, which only the other methods find out.
template <Real T>
bool TallLogistic<T>::may_descend_early() const {
  const auto numbers = static_cast<double>(problem_.rows().n) * problem_.cols();
  return problem_.n_outputs() == 1 && options_.solver == LogisticSolver::automatic &&
         options_.max_iter > 0 && problem_.cols() >= many_columns && numbers >= many_numbers &&
         !problem_.has_free_features() && sample_sizes().empty();
}

// Sets the metric, and the descent without one, at the first alpha or where all features have had a
// penalty and some have none.
template <Real T>
void TallLogistic<T>::choose_metric() {
  const bool early = may_descend_early();
  if (metric_ != nullptr && (early || !early_)) return;
  early_.reset();
  rounded_.reset();
  if (early) rounded_.emplace(problem_);
  metric_ = metric_for(problem_, method_.solver, early ? &*rounded_ : nullptr);
  if (early) early_.emplace(*objective_, *rounded_, metric_->cost());
  metric_is_near_ = false;
}

template <Real T>
void TallLogistic<T>::begin(double alpha, std::span<const double> start, LogisticInfo& info) {
  problem_.prepare();
  problem_.set_alpha(alpha);
  method_ = method_for(problem_);
  auto theta = start.empty() ? problem_.origin() : problem_.to_scaled(start);
  problem_.centre_over_classes(theta);
  objective_ = std::make_unique<LogisticObjective<T>>(problem_, problem_.rows());
  choose_metric();
  at_ = objective_->new_point();
  const auto evaluate = [&] {
    ++info.n_passes;
    objective_->evaluate(at_);
  };
  const double numbers =
      static_cast<double>(problem_.rows().n) * static_cast<double>(problem_.size());
  const bool worth_samples = start.empty() && options_.max_iter > 0 && numbers > few_numbers &&
                             method_.solver != Solver::newton_cg;
  if (options_.max_iter > 0 && problem_.has_prior()) {
    null_start_ = std::make_unique<NullStart<T>>(*objective_);
    std::copy(theta.begin(), theta.end(), at_.theta.begin());
    evaluate();
    take_null_if_lower(info);
    if (!worth_samples) return;
    theta.assign(at_.theta.begin(), at_.theta.end());
  }
  if (worth_samples) fit_samples(theta, info);
  std::copy(theta.begin(), theta.end(), at_.theta.begin());
  if (!early_) evaluate();
}

template <Real T>
void TallLogistic<T>::take_null_if_lower(LogisticInfo& info) {
  if (null_start_ == nullptr) return;
  auto theta = problem_.null_origin();
  problem_.centre_over_classes(theta);
  if (null_start_->take_if_lower(theta, at_, info)) metric_is_near_ = false;
}

// Sets alpha in the problem, the point and the metric. Coefficients that are not fitted at this
// alpha move to their prior means.
template <Real T>
void TallLogistic<T>::set_alpha(double alpha) {
  problem_.set_alpha(alpha);
  choose_metric();
  bool moved = false;
  for (Index i = 0; i < problem_.size(); ++i) {
    const Index j = i % problem_.cols();
    if (j == problem_.n_features() || problem_.moves(j)) continue;
    const double prior = problem_.prior(i / problem_.cols(), j);
    moved = moved || at_.theta[i] != prior;
    at_.theta[i] = prior;
  }
  if (moved) objective_->evaluate(at_);
  objective_->penalise(at_);
  metric_is_near_ = metric_is_near_ && metric_->follows_penalty();
  if (metric_is_near_) metric_->change_penalty();
}

template <Real T>
void TallLogistic<T>::descend(DescentGoal goal, LogisticInfo& info) {
  const bool near = std::exchange(metric_is_near_, true);
  if (method_.solver == Solver::newton_cg) {
    LogisticNewtonCg<T> newton(*objective_, *metric_);
    newton.run(goal, near, at_, info);
    lanczos_rcond_ = newton.rcond();
    return;
  }
  goal.keep_metric = options_.solver == LogisticSolver::quasi_newton;
  LogisticDescent<T> descent(*objective_, *metric_);
  descent.run(goal, near, at_, info);
}

// Whether quasi-Newton steps may be given up for conjugate gradients, which take fewer passes where
// probabilities are near 0 and 1.
template <Real T>
bool TallLogistic<T>::may_become_newton_cg() const {
  return options_.solver == LogisticSolver::automatic && method_.solver == Solver::quasi_newton;
}

template <Real T>
void TallLogistic<T>::become_newton_cg() {
  became_newton_cg_ = true;
  method_.solver = Solver::newton_cg;
  method_.fallback = "quasi-Newton steps were slow: the classes are nearly separable";
}

template <Real T>
void TallLogistic<T>::leave_newton_cg() {
  became_newton_cg_ = false;
  before_ = Buffer<double>();
  method_ = method_for(problem_);
}

// Moves the point of the last fit to what the last two fits extrapolate to, in log alpha, along
// which coefficients of nearly separable classes grow about linearly.
template <Real T>
void TallLogistic<T>::start_from_last_fits(double alpha, LogisticInfo& info) {
  const double fall = std::log(last_alpha_) - std::log(alpha);
  Buffer<double> here(at_.theta.size());
  std::copy(at_.theta.begin(), at_.theta.end(), here.begin());
  if (before_.size() > 0 && last_fall_ > 0.0 && std::isfinite(fall)) {
    set_alpha(alpha);
    ++info.n_passes;
    extrapolate(before_, fall / last_fall_);
  }
  before_ = std::move(here);
  last_fall_ = fall;
}

template <Real T>
void TallLogistic<T>::fit(double alpha, LogisticInfo& info) {
  if (became_newton_cg_ && alpha > last_alpha_) leave_newton_cg();
  if (became_newton_cg_) start_from_last_fits(alpha, info);
  last_alpha_ = alpha;
  set_alpha(alpha);
  take_null_if_lower(info);
  DescentGoal goal{.tol = options_.tol,
                   .max_iter = options_.max_iter,
                   .polish = options_.tol <= tol_of_polished_fits,
                   .is_answer = true,
                   .stop_if_slow = may_become_newton_cg()};
  if (early_ && !metric_is_near_ && early_->run(goal, at_, info)) {
    return report(Solver::quasi_newton, early_->metric(), early_->rcond(), info);
  }
  if (!goal.stop_if_slow) goal.max_iter = std::min(options_.max_iter, steps_before_continuation);
  descend(goal, info);
  if (info.status == Status::max_iter_reached && info.n_iter < options_.max_iter) {
    if (may_become_newton_cg()) become_newton_cg();
    continue_to(alpha, info);
    set_alpha(alpha);
    goal.max_iter = options_.max_iter - info.n_iter;
    goal.stop_if_slow = false;
    descend(goal, info);
  }
  const bool diagonal = method_.solver == Solver::newton_cg && problem_.n_outputs() == 1;
  report(method_.solver, *metric_, diagonal ? lanczos_rcond_ : metric_->rcond(), info);
}

// Sets in `info` what its steps, which used the metric, have not set.
template <Real T>
void TallLogistic<T>::report(Solver solver, const LogisticMetric& metric, double rcond,
                             LogisticInfo& info) {
  info.objective = at_.objective() / problem_.weight_scale();
  info.loss = at_.loss / problem_.weight_scale();
  info.gap = gap_bound(*objective_, at_, metric, info.n_passes);
  info.rcond = rcond;
  info.rank = metric.rank();
  info.solver = solver;
  info.reason = method_.reason;
  info.fallback = method_.fallback;
  info.n_threads = threads_for(options_.n_threads,
                               4.0 * static_cast<double>(problem_.rows().n) * problem_.size());
}

// Continuation to a small alpha. Where only the penalty keeps coefficients finite they grow like
// log(1 / alpha), and Newton steps, whose size is bounded there, are many. The first stage is the
// alpha at which loss and penalty balance along the current point, (m - b) . g = alpha (b - m) . F
// (b - m). From there alpha falls by growing factors, and each stage starts from a linear
// extrapolation in log alpha.
template <Real T>
void TallLogistic<T>::continue_to(double alpha, LogisticInfo& info) {
  double pull = 0.0;  // of the penalty: alpha F (b - m) . (b - m)
  double push = 0.0;  // of the loss: -g . (b - m)
  for (Index i = 0; i < problem_.size(); ++i) {
    const Index j = i % problem_.cols();
    if (j == problem_.n_features() || !problem_.moves(j)) continue;
    const double distance = at_.theta[i] - problem_.prior(i / problem_.cols(), j);
    push += at_.data_slope[i] * distance;
    pull += problem_.penalty(j) * distance * distance;
  }
  double stage = alpha * (push / pull);
  if (!(stage > 10.0 * alpha) || !std::isfinite(stage)) return;
  double fall = std::log(first_fall);
  Buffer<double> before;
  for (int k = 0; k < most_stages && stage > alpha; ++k) {
    set_alpha(stage);
    const int left = options_.max_iter - info.n_iter;
    if (left <= 1) return;
    descend({.tol = stage_tol, .max_iter = left - 1}, info);
    const double next_fall = std::min(fall_growth * fall, std::log(stage) - std::log(alpha));
    Buffer<double> here(at_.theta.size());
    std::copy(at_.theta.begin(), at_.theta.end(), here.begin());
    stage = std::max(alpha, stage * std::exp(-next_fall));
    if (before.size() > 0) {
      set_alpha(stage);
      extrapolate(before, next_fall / fall);
      ++info.n_passes;
    }
    fall = next_fall;
    before = std::move(here);
  }
}

// theta += by (theta - before), if that lowers the objective.
template <Real T>
void TallLogistic<T>::extrapolate(const Buffer<double>& before, double by) {
  auto ahead = objective_->new_point();
  for (Index i = 0; i < ahead.theta.size(); ++i) {
    ahead.theta[i] = at_.theta[i] + by * (at_.theta[i] - before[i]);
  }
  objective_->evaluate(ahead);
  if (ahead.objective() < at_.objective()) std::swap(at_, ahead);
}

template <Real T>
void TallLogistic<T>::write(double alpha, double* coef, double* intercept) const {
  problem_.write(at_.theta.data(), at_.data_slope.data(), coef, intercept);
  const bool collinear = alpha == 0.0 && metric_->rank() > 0 && metric_->rcond() < collinear_rcond;
  if (!collinear) return;
  RowPredictors z;
  objective_->predictors(at_, z.value);
  for (Index k = 0; k < problem_.rows().n; ++k) z.row.push_back(problem_.rows().row(k));
  nearest_coefficients(data_, options_, problem_.monitor(), z, coef, intercept);
}

}  // namespace

template <Real T>
std::vector<LogisticInfo> logistic_tall(const LogisticPath<T>& path, Monitor& monitor) {
  std::vector<LogisticInfo> infos(path.alphas.size());
  TallLogistic<T> fits(path.data, path.options, monitor);
  path.plan(monitor);
  for (Index a = 0; a < path.n_alphas(); ++a) {
    if (a == 0) fits.begin(path.alphas[a], path.start, infos[a]);
    fits.fit(path.alphas[a], infos[a]);
    fits.write(path.alphas[a], path.coef_of(a), path.intercept_of(a));
    path.finish_one(monitor);
  }
  return infos;
}

template std::vector<LogisticInfo> logistic_tall<double>(const LogisticPath<double>&, Monitor&);
template std::vector<LogisticInfo> logistic_tall<float>(const LogisticPath<float>&, Monitor&);

}  // namespace elltwo
