#include "solvers/logistic_sparse/newton.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/logistic/thresholds.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr double accuracy = 0.1;  // of a direction: fewest passes to 1e-8 on data by power laws
constexpr double most_accurate = 0.01;  // where the tolerance is in sight
constexpr double flat_slope = 0.5;      // part of the slope at which a line search may stop
constexpr int most_bracket_trials = 40;
constexpr double rounding_of_sums = 1e-13;
constexpr double worn = 64.0;  // what predictors may have been, in their present size
constexpr int most_steps_without_gain = 4;
constexpr double settled = 1e-8;       // an optimality that rounding may keep from falling
constexpr int steps_to_settle = 8;     // before a step that does not shrink says anything
constexpr double long_step = 0.1;      // in a predictor
constexpr double polish_share = 0.05;  // of a fit's passes, after which a step is the last beyond
constexpr double free_products = 2e6;  // the tolerance; those of small data are not counted
constexpr double on_boundary = 1e-8;
constexpr double on_boundary_at_end = 1e-3;  // of directions of limited accuracy

// Halves a bracket: in the logarithm where its ends are far apart, and ever faster towards zero, since a
// step can be too long by any power of ten where all rows are saturated.
double between(double low, double high, int trial) {
  if (low == 0.0) return std::ldexp(high, -1 - trial);
  return high > 4.0 * low ? std::sqrt(low) * std::sqrt(high) : 0.5 * (low + high);
}

double largest(const Buffer<double>& values) {
  double result = 0.0;
  for (const double v : values) result = std::max(result, std::abs(v));
  return result;
}

}  // namespace

template <Real T>
SparseLogisticNewton<T>::SparseLogisticNewton(const SparseLogisticDesign<T>& design,
                                              const LogisticOptions& options, Monitor& monitor)
    : options_(options),
      system_(design, options, monitor),
      direction_(system_, options),
      z_(design.n() * design.outputs()),
      along_(design.n() * design.outputs()),
      g_(design.size()),
      d_(design.size()),
      free_(design.size()) {}

// Of z, whose terms have been taken.
template <Real T>
void SparseLogisticNewton<T>::look_at_sizes() {
  const double size = largest(z_);
  largest_ = std::max(largest_, size);
  worn_ = largest_ > worn * std::max(size, 1.0);
}

// Predictors from the data. Those of a step are sums, with the rounding of the largest there have been.
template <Real T>
bool SparseLogisticNewton<T>::renew(const double* b) {
  if (!system_.predict(b, z_.data())) return false;
  loss_ = system_.terms().evaluate(z_.data(), 0.0, nullptr).loss;
  largest_ = 0.0;
  look_at_sizes();
  return true;
}

// The gradient and what it says of b, whose terms have been taken.
template <Real T>
bool SparseLogisticNewton<T>::look(const double* b, LogisticInfo& info) {
  if (worn_ && !renew(b)) return false;
  if (!system_.gradient(b, g_.data())) return false;
  info.optimality = system_.optimality(g_.data());
  return true;
}

// Where along the step the slope has fallen to a part of itself without the objective rising. A convex
// function's slope ascends: Newton's method on it, kept within a bracket by bisection. 0: nowhere. Leaves
// the terms of that point.
template <Real T>
double SparseLogisticNewton<T>::line_search(const double* b) {
  const auto at = [&](double t) {
    const auto line = system_.terms().evaluate(z_.data(), t, along_.data());
    loss_ = line.loss;
    const auto penalty = system_.penalties(b, t, d_.data());
    return LogisticTerms::Line{line.loss + penalty.loss, line.slope + penalty.slope,
                               line.bend + penalty.bend};
  };
  double slope = 0.0;
  for (Index e = 0; e < system_.size(); ++e) slope -= g_[e] * d_[e];
  if (!(slope < 0.0)) return 0.0;
  const double start = loss_ + system_.penalties(b, 0.0, nullptr).loss;
  const double rounding = rounding_of_sums * start;
  double low = 0.0, high = infinity, t = 1.0;
  for (int trial = 0; trial < most_bracket_trials; ++trial) {
    const auto line = at(t);
    const bool falls = line.loss <= start + rounding;
    if (falls && std::abs(line.slope) <= -flat_slope * slope) return t;
    if (line.slope < 0.0 && falls) low = t;
    else high = t;
    double next = t - line.slope / line.bend;
    if (high == infinity) next = std::clamp(next, 1.5 * t, 10.0 * t);
    else if (!(next > low && next < high)) next = between(low, high, trial);
    t = std::isnan(next) ? between(low, std::min(high, t), trial) : next;
  }
  at(low);
  return low;
}

template <Real T>
auto SparseLogisticNewton<T>::step(double* b, LogisticInfo& info) -> Step {
  const double wanted = 0.3 * options_.tol / info.optimality;
  const double digits = std::log10(info.optimality / std::max(options_.tol, polished_optimality));
  if (!direction_.solve(g_.data(), std::clamp(wanted, most_accurate, accuracy), digits, d_.data()))
    return Step::interrupted;
  if (!system_.multiply(d_.data(), along_.data())) return Step::interrupted;
  const double t = line_search(b);
  if (t == 0.0) return Step::none;
  for (Index e = 0; e < system_.size(); ++e) b[e] += t * d_[e];
  for (Index i = 0; i < z_.size(); ++i) z_[i] += t * along_[i];
  look_at_sizes();
  stepped_ = true;
  return Step::taken;
}

// Whether b alone tells all classes apart, without any penalty.
template <Real T>
bool SparseLogisticNewton<T>::all_separated() const {
  if (!system_.all_free()) return false;
  const auto margins = system_.terms().margins(z_.data(), system_.base());
  return margins.least > 1e-12 * margins.largest;
}

// Whether the last step's part without a penalty, which has not become small, takes no row from its class.
template <Real T>
bool SparseLogisticNewton<T>::step_separates(bool converged, bool& separates) {
  separates = false;
  if (!system_.any_free() || !stepped_) return true;
  if (!(largest(along_) >= long_step)) return true;
  if (!system_.all_free()) {
    for (Index e = 0; e < system_.size(); ++e)
      free_[e] = system_.moves(e) && system_.penalty(e) == 0.0 ? d_[e] : 0.0;
    if (!system_.multiply(free_.data(), along_.data())) return false;
    if (!(largest(along_) >= long_step)) return true;
  }
  const auto margins = system_.terms().margins(along_.data(), nullptr);
  separates = margins.largest >= long_step &&
              margins.least >= -(converged ? on_boundary_at_end : on_boundary) * margins.largest;
  return true;
}

// False if the monitor asked to stop.
template <Real T>
bool SparseLogisticNewton<T>::iterate(double* b, LogisticInfo& info) {
  double best = infinity;
  int without_gain = 0;
  for (;; ++info.n_iter) {
    if (!look(b, info)) return false;
    const bool converged = info.optimality <= options_.tol;
    without_gain = info.optimality < 0.5 * best ? 0 : without_gain + 1;
    best = std::min(best, info.optimality);
    const bool stalled = best <= settled && without_gain >= most_steps_without_gain;
    const bool out = info.n_iter >= options_.max_iter || stalled;
    bool separates = all_separated();
    if (!separates && (converged || out || info.n_iter >= steps_to_settle)) {
      if (!step_separates(converged, separates)) return false;
    }
    if (separates) info.status = Status::separable;
    else if (converged) info.status = Status::converged;
    else if (out) info.status = Status::max_iter_reached;
    if (separates || converged || out) return true;
    const Step outcome = step(b, info);
    if (outcome == Step::interrupted) return false;
    if (outcome == Step::taken) continue;
    info.status = Status::max_iter_reached;
    return true;
  }
}

// Goes on beyond the tolerance as long as steps at least halve the optimality. False if the monitor asked to
// stop.
template <Real T>
bool SparseLogisticNewton<T>::polish(double* b, int passes_taken, LogisticInfo& info) {
  const auto& x = system_.design().x;
  const double products = static_cast<double>((x.nonzeros() + x.rows) * system_.n_outputs());
  const double most = std::max(polish_share * passes_taken, free_products / products);
  const int first = system_.passes();
  Buffer<double> b_before(system_.size()), g_before(system_.size());
  while (info.optimality > polished_optimality && info.n_iter < options_.max_iter &&
         system_.passes() - first <= most) {
    std::copy_n(b, system_.size(), b_before.data());
    std::copy_n(g_.data(), system_.size(), g_before.data());
    const double loss_before = loss_;
    const double before = info.optimality;
    const Step outcome = step(b, info);
    if (outcome == Step::none) return true;
    if (outcome == Step::interrupted || !look(b, info)) return false;
    ++info.n_iter;
    if (info.optimality <= 0.5 * before) continue;
    if (info.optimality <= before) return true;
    std::copy_n(b_before.data(), system_.size(), b);
    std::copy_n(g_before.data(), system_.size(), g_.data());
    loss_ = loss_before;
    info.optimality = before;
    return true;
  }
  return true;
}

template <Real T>
void SparseLogisticNewton<T>::report(const double* b, LogisticInfo& info) {
  const double penalty = system_.penalties(b, 0.0, nullptr).loss;
  const double objective = loss_ + penalty;
  info.loss = loss_ / system_.design().weight_scale;
  info.objective = objective / system_.design().weight_scale;
  info.gap = objective > 0.0 ? 0.5 * direction_.decrement(g_.data()) / objective : 0.0;
  info.solver = direction_.direct() ? Solver::newton_cholesky : Solver::newton_cg;
  info.reason = direction_.reason();
  info.fallback = direction_.fallback();
  info.rcond = direction_.rcond();
  info.rank = system_.rank();
}

template <Real T>
LogisticInfo SparseLogisticNewton<T>::fit(double alpha, double* b) {
  LogisticInfo info;
  info.tolerance = options_.tol;
  info.n_threads = system_.n_threads();
  const int passes = system_.passes();
  const int hessians = direction_.n_hessians();
  stepped_ = false;
  info.status = Status::interrupted;
  if (!system_.set_alpha(alpha, b)) return info;
  // No start is worth more penalty than all of the loss at zero.
  const double n_classes = static_cast<double>(std::max<Index>(2, system_.n_outputs()));
  const double most = 2.0 * system_.design().total * std::log(n_classes);
  if (!(system_.penalties(b, 0.0, nullptr).loss <= most)) system_.start_from_prior(b);
  system_.level(b);
  direction_.restart();
  if (!renew(b)) return info;
  const bool over = iterate(b, info);
  const bool exact = info.status == Status::converged && options_.tol <= tol_of_exact_fits;
  if (!over || (exact && !polish(b, system_.passes() - passes, info))) {
    info.status = Status::interrupted;
    return info;
  }
  system_.level(b);
  report(b, info);
  info.n_passes = system_.passes() - passes;
  info.n_hessians = direction_.n_hessians() - hessians;
  return info;
}

template class SparseLogisticNewton<double>;
template class SparseLogisticNewton<float>;

}  // namespace elltwo
