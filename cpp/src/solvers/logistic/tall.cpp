#include "solvers/logistic/tall.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

#include "parallel/n_threads.hpp"
#include "solvers/logistic/binomial_hessian.hpp"
#include "solvers/logistic/descent.hpp"
#include "solvers/logistic/multinomial_metric.hpp"
#include "solvers/logistic/nearest.hpp"
#include "solvers/logistic/thresholds.hpp"

namespace elltwo {
namespace {

constexpr Index least_rows_a_column = 5;  // of a sample
constexpr Index most_rows_a_column = 100;
constexpr Index sample_growth = 5;
constexpr double sample_slack = 0.5;  // of a sample's own error that its fit may leave
constexpr int sample_steps = 12;
constexpr int steps_before_approach = 40;
constexpr int most_stages = 60;
constexpr double stage_tol = 1e-4;
constexpr double few_numbers = 2e5;  // rows times coefficients; samples of fewer save nothing
constexpr double singular = 1e-12;

template <Real T>
std::unique_ptr<LogisticMetric> metric_for(const LogisticProblem<T>& problem) {
  if (problem.n_classes() == 2) return std::make_unique<BinomialHessian<T>>(problem);
  return std::make_unique<MultinomialMetric<T>>(problem);
}

/// Fits of the same data at one alpha after the other.
template <Real T>
class TallLogistic {
 public:
  TallLogistic(const LogisticData<T>& data, const LogisticOptions& options, Monitor& monitor)
      : data_(data), options_(options), problem_(data, options, monitor) {}

  /// All that comes before the first descent. Like the rest, false if the monitor asked to stop.
  bool begin(double alpha, std::span<const double> start, LogisticInfo& info);

  bool fit(double alpha, LogisticInfo& info);
  bool write(double alpha, double* coef, double* intercept) const;

 private:
  bool fit_samples(std::vector<double>& theta, LogisticInfo& info);
  bool turn_to(double alpha);
  bool descend(const DescentGoal& goal, LogisticInfo& info);
  bool approach(double alpha, LogisticInfo& info);
  bool extrapolate(const Buffer<double>& before, double by);

  const LogisticData<T>& data_;
  const LogisticOptions& options_;
  LogisticProblem<T> problem_;
  std::unique_ptr<LogisticMetric> metric_;
  std::unique_ptr<LogisticObjective<T>> objective_;
  LogisticPoint at_;
  bool metric_is_near_ = false;
};

// Samples of growing size are fitted first, each from the smaller one's answer: their cost is a fraction of
// a pass with a Hessian, and they end about as near to the minimum as their size allows.
template <Real T>
bool TallLogistic<T>::fit_samples(std::vector<double>& theta, LogisticInfo& info) {
  const Index n = problem_.rows().n;
  const Index columns = problem_.cols() * std::max<Index>(1, problem_.n_outputs() / 2);
  std::vector<Index> sizes;
  for (Index m = std::min(n / sample_growth, most_rows_a_column * columns);
       m >= least_rows_a_column * columns; m /= sample_growth) {
    sizes.insert(sizes.begin(), m);
  }
  for (const Index m : sizes) {
    const auto rows = problem_.sample(m);
    const LogisticObjective<T> objective(problem_, rows);
    auto at = objective.room();
    std::copy(theta.begin(), theta.end(), at.theta.begin());
    if (!objective.evaluate(at)) return false;
    const double own_error = static_cast<double>(problem_.size()) * static_cast<double>(n / m);
    LogisticDescent<T> descent(objective, *metric_);
    const DescentGoal goal{.decrement = sample_slack * own_error, .max_iter = sample_steps};
    if (!descent.run(goal, metric_is_near_, at, info)) return false;
    theta.assign(at.theta.begin(), at.theta.end());
    metric_is_near_ = true;
  }
  info.n_iter = 0;
  return true;
}

template <Real T>
bool TallLogistic<T>::begin(double alpha, std::span<const double> start, LogisticInfo& info) {
  if (!problem_.prepare()) return false;
  problem_.set_alpha(alpha);
  metric_ = metric_for(problem_);
  auto theta = start.empty() ? problem_.origin() : problem_.scaled(start);
  problem_.level(theta);
  const double numbers =
      static_cast<double>(problem_.rows().n) * static_cast<double>(problem_.size());
  const bool worth_samples = start.empty() && options_.max_iter > 0 && numbers > few_numbers;
  if (worth_samples && !fit_samples(theta, info)) return false;
  objective_ = std::make_unique<LogisticObjective<T>>(problem_, problem_.rows());
  at_ = objective_->room();
  std::copy(theta.begin(), theta.end(), at_.theta.begin());
  ++info.n_passes;
  return objective_->evaluate(at_);
}

// Takes the point and the metric to another alpha; coefficients that are pinned there move to their means.
template <Real T>
bool TallLogistic<T>::turn_to(double alpha) {
  problem_.set_alpha(alpha);
  bool moved = false;
  for (Index i = 0; i < problem_.size(); ++i) {
    const Index j = i % problem_.cols();
    if (j == problem_.n_features() || problem_.moves(j)) continue;
    const double prior = problem_.prior(i / problem_.cols(), j);
    moved = moved || at_.theta[i] != prior;
    at_.theta[i] = prior;
  }
  if (moved && !objective_->evaluate(at_)) return false;
  objective_->penalise(at_);
  metric_is_near_ = metric_is_near_ && metric_->follows_penalty();
  return !metric_is_near_ || metric_->change_penalty();
}

template <Real T>
bool TallLogistic<T>::descend(const DescentGoal& goal, LogisticInfo& info) {
  LogisticDescent<T> descent(*objective_, *metric_);
  const bool near = std::exchange(metric_is_near_, true);
  return descent.run(goal, near, at_, info);
}

template <Real T>
bool TallLogistic<T>::fit(double alpha, LogisticInfo& info) {
  if (!turn_to(alpha)) return false;
  DescentGoal goal{.tol = options_.tol,
                   .max_iter = std::min(options_.max_iter, steps_before_approach),
                   .polish = options_.tol <= tol_of_exact_fits};
  if (!descend(goal, info)) return false;
  if (info.status == Status::max_iter_reached && info.n_iter < options_.max_iter) {
    if (!approach(alpha, info) || !turn_to(alpha)) return false;
    goal.max_iter = options_.max_iter - info.n_iter;
    if (!descend(goal, info)) return false;
  }
  info.objective = at_.objective() / problem_.weight_scale();
  info.loss = at_.loss / problem_.weight_scale();
  info.rcond = metric_->rcond();
  info.rank = metric_->rank();
  info.solver = problem_.n_classes() == 2 ? Solver::newton_cholesky : Solver::quasi_newton;
  info.reason = "dense features, fewer than samples";
  info.n_threads = threads_for(options_.n_threads,
                               4.0 * static_cast<double>(problem_.rows().n) * problem_.size());
  return true;
}

// Where a weak penalty alone keeps coefficients finite they grow like log(1 / alpha), and steps of a fixed
// size are many. From the alpha that fits the point at hand, alpha falls by growing factors, each stage
// started where the last two point to.
template <Real T>
bool TallLogistic<T>::approach(double alpha, LogisticInfo& info) {
  double pull = 0.0;
  double push = 0.0;
  for (Index i = 0; i < problem_.size(); ++i) {
    const Index j = i % problem_.cols();
    if (j == problem_.n_features() || !problem_.moves(j)) continue;
    const double distance = at_.theta[i] - problem_.prior(i / problem_.cols(), j);
    push += at_.data_slope[i] * distance;
    pull += problem_.penalty(j) * distance * distance;
  }
  double stage = alpha * (push / pull);
  if (!(stage > 10.0 * alpha) || !std::isfinite(stage)) return true;
  double fall = std::log(10.0);
  Buffer<double> before;
  for (int k = 0; k < most_stages && stage > alpha; ++k) {
    if (!turn_to(stage)) return false;
    const int left = options_.max_iter - info.n_iter;
    if (left <= 1) return true;
    const DescentGoal goal{.tol = stage_tol, .max_iter = left - 1};
    if (!descend(goal, info)) return false;
    const double next_fall = std::min(2.0 * fall, std::log(stage) - std::log(alpha));
    Buffer<double> here(at_.theta.size());
    std::copy(at_.theta.begin(), at_.theta.end(), here.begin());
    stage = std::max(alpha, stage * std::exp(-next_fall));
    if (before.size() > 0) {
      if (!turn_to(stage) || !extrapolate(before, next_fall / fall)) return false;
      ++info.n_passes;
    }
    fall = next_fall;
    before = std::move(here);
  }
  return true;
}

// Moves on by so much of the way from `before`, if that is better.
template <Real T>
bool TallLogistic<T>::extrapolate(const Buffer<double>& before, double by) {
  auto ahead = objective_->room();
  for (Index i = 0; i < ahead.theta.size(); ++i) {
    ahead.theta[i] = at_.theta[i] + by * (at_.theta[i] - before[i]);
  }
  if (!objective_->evaluate(ahead)) return false;
  if (ahead.objective() < at_.objective()) std::swap(at_, ahead);
  return true;
}

template <Real T>
bool TallLogistic<T>::write(double alpha, double* coef, double* intercept) const {
  problem_.write(at_.theta.data(), at_.data_slope.data(), coef, intercept);
  const bool collinear = alpha == 0.0 && metric_->rank() > 0 && metric_->rcond() < singular;
  if (!collinear) return true;
  std::vector<double> z;
  if (!objective_->predictors(at_, z)) return false;
  std::vector<Index> rows = problem_.rows().index;
  if (rows.empty()) {
    rows.resize(problem_.rows().n);
    std::iota(rows.begin(), rows.end(), Index{0});
  }
  return nearest_coefficients(data_, rows, z, options_, problem_.monitor(), coef, intercept);
}

}  // namespace

template <Real T>
std::vector<LogisticInfo> logistic_tall(const LogisticData<T>& data, std::span<const double> alphas,
                                        const LogisticOptions& options, Monitor& monitor,
                                        std::span<const double> start, std::span<double> coef,
                                        std::span<double> intercept) {
  std::vector<LogisticInfo> infos(alphas.size());
  const Index outputs = data.n_outputs();
  const auto size = outputs * data.x.cols;
  TallLogistic<T> fits(data, options, monitor);
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    const bool done = (a > 0 || fits.begin(alphas[a], start, infos[a])) &&
                      fits.fit(alphas[a], infos[a]) &&
                      fits.write(alphas[a], coef.data() + a * size, intercept.data() + a * outputs);
    if (done) continue;
    for (auto& info : infos) info.status = Status::interrupted;
    break;
  }
  return infos;
}

template std::vector<LogisticInfo> logistic_tall<double>(const LogisticData<double>&,
                                                         std::span<const double>,
                                                         const LogisticOptions&, Monitor&,
                                                         std::span<const double>, std::span<double>,
                                                         std::span<double>);
template std::vector<LogisticInfo> logistic_tall<float>(const LogisticData<float>&,
                                                        std::span<const double>,
                                                        const LogisticOptions&, Monitor&,
                                                        std::span<const double>, std::span<double>,
                                                        std::span<double>);

}  // namespace elltwo
