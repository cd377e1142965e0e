#include "solvers/logistic_sparse/newton.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/logistic/gap_bound.hpp"
#include "solvers/logistic/thresholds.hpp"
#include "solvers/logistic_sparse/free_columns.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

// Directions.

/// Relative accuracy of a Newton direction. On data with power-law column counts 0.1 took the
/// fewest passes to an optimality of 1e-8.
constexpr double direction_accuracy = 0.1;

/// The accuracy of a direction that is expected to reach the tolerance.
constexpr double finest_direction_accuracy = 0.01;

// Line search.

/// The search ends where the derivative along the step has fallen to this part of what it was at
/// the start.
constexpr double flat_slope = 0.5;

constexpr int most_bracket_trials = 40;

/// Ratio of the largest predictor since predictors were computed from the data to the largest now.
/// Beyond it sums of steps have lost two digits, and predictors are computed from the data again.
constexpr double most_shrinkage = 64.0;

// When a fit stops.

/// Optimality below which rounding may keep it from falling further.
constexpr double stalled_optimality = 1e-8;

/// Steps without halving the best optimality after which a fit below stalled_optimality has
/// stalled.
constexpr int most_steps_without_gain = 4;

// Polishing (see tol_of_polished_fits) ends with the step that brings its passes above the larger
// of two limits.

/// First limit: this part of the passes that the fit has made before.
constexpr double polish_share = 0.05;

/// Second limit: the passes that make this many products, one for each stored value and output.
/// They cost about 2 ms, at 1.2 ns a product.
constexpr double free_polish_products = 2e6;

// Separation of the classes by the unpenalised part of a step.

/// Steps before separation is tested: the first ones are long in any fit.
constexpr int steps_before_separation = 8;

/// Change of a predictor from which a step is long, while a fit runs and where it ends. Where the
/// loss has a minimum steps become shorter.
constexpr double long_step = 0.1;
constexpr double long_step_at_end = 1e-3;

/// Negative margins up to this part of the largest margin, while a fit runs, leave it possible that
/// some direction separates the classes.
constexpr double boundary_margin = 1e-3;

/// Where there are too many coefficients for find_recession(), negative margins up to this part of
/// the largest one count as zero while a fit runs; up to boundary_margin where it ends, since its
/// last direction is less accurate.
constexpr double boundary_margin_of_many = 1e-8;

/// A point inside the bracket (low, high), high > 0: the mean of its ends, or of their logarithms
/// where they are far apart. From low = 0 it is high / 2^(1 + trial), since a step can be too long
/// by any power of ten where all rows are saturated.
double bisected(double low, double high, int trial) {
  if (low == 0.0) return std::ldexp(high, -1 - trial);
  return high > 4.0 * low ? std::sqrt(low) * std::sqrt(high) : 0.5 * (low + high);
}

double largest_size(const Buffer<double>& values) {
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

// Sets inaccurate_: z_ is a sum of steps, with the rounding of the largest predictor there has
// been.
template <Real T>
void SparseLogisticNewton<T>::note_predictor_sizes() {
  const double size = largest_size(z_);
  largest_ = std::max(largest_, size);
  inaccurate_ = largest_ > most_shrinkage * std::max(size, 1.0);
}

// Sets predictors, terms and loss at b from the data.
template <Real T>
void SparseLogisticNewton<T>::evaluate_from_data(const double* b) {
  system_.predict(b, z_.data());
  loss_ = system_.terms().evaluate(z_.data(), 0.0, nullptr).loss;
  largest_ = 0.0;
  note_predictor_sizes();
}

// Sets the gradient and the optimality at b, where the terms have been evaluated.
template <Real T>
void SparseLogisticNewton<T>::refresh_gradient(const double* b, LogisticInfo& info) {
  if (inaccurate_) evaluate_from_data(b);
  system_.gradient(b, g_.data());
  info.optimality = system_.optimality(g_.data());
}

// The objective at b + t d and its derivatives in t. Evaluates the terms there and sets loss_.
template <Real T>
auto SparseLogisticNewton<T>::evaluate_along(const double* b, double t) -> LogisticTerms::Line {
  const auto line = system_.terms().evaluate(z_.data(), t, along_.data());
  loss_ = line.loss;
  const auto penalty = system_.penalties(b, t, d_.data());
  return {line.loss + penalty.loss, line.slope + penalty.slope, line.curvature + penalty.curvature};
}

// A length t of the step d at which the objective has not risen and its derivative is a part of
// what it was. The derivative of a convex function ascends, so that t is found by Newton's method
// on it within a bracket; steps that leave the bracket are replaced by bisection. 0: there is none.
// Leaves the terms evaluated at b + t d.
template <Real T>
double SparseLogisticNewton<T>::line_search(const double* b) {
  double slope = 0.0;
  for (Index e = 0; e < system_.size(); ++e) slope -= g_[e] * d_[e];
  if (!(slope < 0.0)) return 0.0;
  const double start = loss_ + system_.penalties(b, 0.0, nullptr).loss;
  const double rounding = objective_noise * start;
  double low = 0.0, high = infinity, t = 1.0;
  for (int trial = 0; trial < most_bracket_trials; ++trial) {
    const auto line = evaluate_along(b, t);
    const bool falls = line.loss <= start + rounding;
    if (falls && std::abs(line.slope) <= -flat_slope * slope) return t;
    if (line.slope < 0.0 && falls) low = t;
    else high = t;
    double next = t - line.slope / line.curvature;
    if (high == infinity) next = std::clamp(next, 1.5 * t, 10.0 * t);
    else if (!(next > low && next < high)) next = bisected(low, high, trial);
    t = std::isnan(next) ? bisected(low, std::min(high, t), trial) : next;
  }
  evaluate_along(b, low);
  return low;
}

// Moves b along a Newton direction. False if no length of it lowers the objective.
template <Real T>
bool SparseLogisticNewton<T>::step(double* b, LogisticInfo& info) {
  const double wanted = 0.3 * options_.tol / info.optimality;
  const double digits = std::log10(info.optimality / std::max(options_.tol, polished_optimality));
  direction_.solve(g_.data(), std::clamp(wanted, finest_direction_accuracy, direction_accuracy),
                   digits, d_.data());
  system_.multiply(d_.data(), along_.data());
  const double t = line_search(b);
  if (t == 0.0) return false;
  for (Index e = 0; e < system_.size(); ++e) b[e] += t * d_[e];
  for (Index i = 0; i < z_.size(); ++i) z_[i] += t * along_[i];
  note_predictor_sizes();
  stepped_ = true;
  return true;
}

// Whether the predictors themselves separate the classes where nothing is penalised.
template <Real T>
bool SparseLogisticNewton<T>::all_separated() const {
  if (!system_.all_free()) return false;
  const auto margins = system_.terms().margins(z_.data(), system_.base());
  return margins.least > 1e-12 * margins.largest;
}

// Whether some row's residual is so small that a direction along which it vanishes may be left: the
// gradient along a unit direction that separates is the sum of residuals times margins.
template <Real T>
bool SparseLogisticNewton<T>::has_saturated_rows(double optimality) const {
  const auto& design = system_.design();
  double residual = 0.0;
  for (Index t = 0; t < system_.n_outputs(); ++t) {
    residual = std::max(residual, system_.terms().residual_norm(t));
  }
  const double gradient = std::max(optimality, least_optimality) * residual *
                          std::sqrt(design.total_weight * static_cast<double>(system_.size()));
  return system_.terms().least_residual() <= small_residual * gradient;
}

// Whether the unpenalised part of the last step is long, as it stays where the loss has no minimum,
// or rows are saturated, and it or another direction separates the classes.
template <Real T>
bool SparseLogisticNewton<T>::step_separates(bool ends, double optimality) {
  if (!system_.any_free() || has_minimum_) return false;
  const bool saturated = ends && has_saturated_rows(optimality);
  const double least_length = ends ? long_step_at_end : long_step;
  const auto is_long = [&] { return stepped_ && largest_size(along_) >= least_length; };
  if (!saturated && !is_long()) return false;
  if (stepped_ && !system_.all_free()) {
    for (Index e = 0; e < system_.size(); ++e) {
      free_[e] = system_.moves(e) && system_.penalty(e) == 0.0 ? d_[e] : 0.0;
    }
    system_.multiply(free_.data(), along_.data());
    if (!saturated && !is_long()) return false;
  }
  LogisticTerms::Margins margins;
  if (stepped_) margins = system_.terms().margins(along_.data(), nullptr);
  if (margins.least >= 0.0 && margins.largest > 0.0) return true;
  if (!ends && margins.least < -boundary_margin * margins.largest) return false;
  SparseFreeColumns<T> x(system_);
  if (x.n_outputs() * x.n_columns() <= most_recession_coefficients) {
    const auto residual = system_.terms().residuals_of_rows();
    has_minimum_ = some_rows_exclude_recession(x, residual, system_.monitor());
    if (has_minimum_) return false;
    const auto verdict = find_recession(x, {}, system_.monitor());
    has_minimum_ = verdict == Recession::none;
    if (verdict != Recession::undecided) return verdict == Recession::exists;
  }
  const double noise = ends ? boundary_margin : boundary_margin_of_many;
  return margins.largest >= long_step && margins.least >= -noise * margins.largest;
}

// Steps until the fit converges, stalls or separates the classes. Sets info.status.
template <Real T>
void SparseLogisticNewton<T>::iterate(double* b, LogisticInfo& info) {
  double best = infinity;
  int without_gain = 0;
  for (;; ++info.n_iter) {
    refresh_gradient(b, info);
    const bool converged = info.optimality <= options_.tol;
    without_gain = info.optimality < 0.5 * best ? 0 : without_gain + 1;
    best = std::min(best, info.optimality);
    const bool stalled = best <= stalled_optimality && without_gain >= most_steps_without_gain;
    const bool out = info.n_iter >= options_.max_iter || stalled;
    const bool test_step = converged || out || info.n_iter >= steps_before_separation;
    const bool ends = converged || out;
    const bool separates = all_separated() || (test_step && step_separates(ends, info.optimality));
    if (separates) info.status = Status::separable;
    else if (converged) info.status = Status::converged;
    else if (out) info.status = Status::max_iter_reached;
    if (separates || converged || out) return;
    if (step(b, info)) continue;
    info.status =
        step_separates(true, info.optimality) ? Status::separable : Status::max_iter_reached;
    return;
  }
}

// Continues beyond the tolerance for as long as steps at least halve the optimality. A step that
// raises it is undone.
template <Real T>
void SparseLogisticNewton<T>::polish(double* b, int passes_taken, LogisticInfo& info) {
  const auto& x = system_.design().x;
  const double products = static_cast<double>((x.nonzeros() + x.rows) * system_.n_outputs());
  const double most = std::max(polish_share * passes_taken, free_polish_products / products);
  const int first = system_.passes();
  Buffer<double> b_before(system_.size()), g_before(system_.size());
  while (info.optimality > polished_optimality && info.n_iter < options_.max_iter &&
         system_.passes() - first <= most) {
    std::copy_n(b, system_.size(), b_before.data());
    std::copy_n(g_.data(), system_.size(), g_before.data());
    const double loss_before = loss_;
    const double before = info.optimality;
    if (!step(b, info)) return;
    refresh_gradient(b, info);
    ++info.n_iter;
    if (info.optimality <= 0.5 * before) continue;
    if (info.optimality <= before) return;
    std::copy_n(b_before.data(), system_.size(), b);
    std::copy_n(g_before.data(), system_.size(), g_.data());
    loss_ = loss_before;
    info.optimality = before;
    return;
  }
}

// The values of some columns of [X - mean | 1], n x columns.size(); empty if these are the ones
// alone.
template <Real T>
std::vector<double> SparseLogisticNewton<T>::gather(const std::vector<Index>& columns) const {
  const auto& design = system_.design();
  const Index p = design.p();
  if (columns.empty() || columns.front() == p) return {};
  const std::size_t width = columns.size();
  std::vector<Index> place(p, -1);
  for (std::size_t u = 0; u < width; ++u) {
    if (columns[u] < p) place[columns[u]] = static_cast<Index>(u);
  }
  std::vector<double> x;
  for (Index i = 0; i < design.n(); ++i) {
    for (const Index j : columns) x.push_back(j == p ? 1.0 : -design.mean[j]);
    for (Index e = design.x.start[i]; e < design.x.start[i + 1]; ++e) {
      const Index u = place[design.x.column[e]];
      if (u >= 0) x[i * width + u] += static_cast<double>(design.x.value[e]);
    }
  }
  return x;
}

// gap_bound() at the point of the terms, whose gradient is g_.
template <Real T>
double SparseLogisticNewton<T>::gap(double objective) {
  const auto& design = system_.design();
  const Index k = system_.n_outputs();
  const Index p = design.p();
  std::vector<Index> free;
  for (Index j = 0; j <= p; ++j) {
    if (system_.moves(j * k) && system_.penalty(j * k) == 0.0) free.push_back(j);
  }
  const auto n_free = static_cast<Index>(free.size());
  if (!worth_free_step(k, n_free)) return infinity;
  const auto x = gather(free);
  const RowCurvature rows{.n = design.n(),
                          .outputs = k,
                          .curvature = system_.terms().curvature(),
                          .row_stride = k,
                          .output_stride = 1,
                          .weight = design.weight.data()};
  const auto terms_of = [&](Index e) -> PenaltyAndSize {
    if (!system_.moves(e) || system_.penalty(e) == 0.0) return {};
    return {system_.penalty(e), std::sqrt(design.spread[e / k]),
            system_.terms().residual_norm(e % k)};
  };
  const auto free_step_of = [&](const std::vector<double>& slope) {
    return free_step(rows, x.empty() ? nullptr : x.data(), n_free, slope, system_.monitor());
  };
  GapTerms terms{.size = system_.size(),
                 .outputs = k,
                 .objective = objective,
                 .free = {},
                 .terms_of = terms_of,
                 .free_step_of = free_step_of};
  for (Index t = 0; t < k; ++t) {
    for (const Index j : free) terms.free.push_back(j * k + t);
  }
  const auto tilt = [&] {
    Tilt by{.step = Buffer<double>(system_.size()), .product = Buffer<double>(system_.size())};
    direction_.approximate(g_.data(), by.step.data());
    system_.multiply(by.step.data(), along_.data());
    for (Index i = 0; i < design.n(); ++i) {
      const auto [low, high] = std::minmax_element(&along_[i * k], &along_[i * k] + k);
      by.range = std::max(by.range, k == 1 ? std::abs(*high) : *high - *low);
    }
    system_.apply(by.step.data(), by.product.data());
    for (Index e = 0; e < system_.size(); ++e) by.product[e] -= terms_of(e).penalty * by.step[e];
    return by;
  };
  return best_bound(terms, g_.data(), !x.empty(), tilt);
}

template <Real T>
void SparseLogisticNewton<T>::report(const double* b, LogisticInfo& info) {
  const double penalty = system_.penalties(b, 0.0, nullptr).loss;
  const double objective = loss_ + penalty;
  info.loss = loss_ / system_.design().weight_scale;
  info.objective = objective / system_.design().weight_scale;
  info.gap = gap(objective);
  info.solver = direction_.direct() ? Solver::newton_cholesky : Solver::newton_cg;
  info.reason = direction_.reason();
  info.fallback = direction_.fallback();
  info.rcond = direction_.rcond();
  info.rank = system_.rank();
}

template <Real T>
double SparseLogisticNewton<T>::objective_at(const double* b) {
  evaluate_from_data(b);
  return loss_ + system_.penalties(b, 0.0, nullptr).loss;
}

// With prior means, the fit starts from the given point, from the prior means or from the model
// without predictors, wherever the objective is lowest: prior means may leave every row saturated.
// Without, a start whose penalty exceeds twice the loss at zero is worse than zeros.
template <Real T>
void SparseLogisticNewton<T>::choose_start(double* b) {
  const auto& design = system_.design();
  if (!system_.has_prior() || options_.max_iter == 0) {
    const double n_classes = static_cast<double>(std::max<Index>(2, system_.n_outputs()));
    const double most = 2.0 * design.total_weight * std::log(n_classes);
    if (!(system_.penalties(b, 0.0, nullptr).loss <= most)) system_.start_from_prior(b);
    return;
  }
  Buffer<double> prior(system_.size()), null(system_.size());
  system_.start_from_prior(prior.data());
  design.null_point(null.data());
  for (Index e = 0; e < system_.size(); ++e) {
    if (!system_.moves(e)) null[e] = b[e];
  }
  double lowest = infinity;
  Buffer<double> given(system_.size());
  std::copy_n(b, system_.size(), given.data());
  for (Buffer<double>* start : {&given, &prior, &null}) {
    system_.centre_point(start->data());
    const double objective = objective_at(start->data());
    if (!(objective < lowest)) continue;
    lowest = objective;
    std::ranges::copy(*start, b);
  }
}

template <Real T>
LogisticInfo SparseLogisticNewton<T>::fit(double alpha, double* b) {
  LogisticInfo info;
  info.tolerance = options_.tol;
  info.n_threads = system_.n_threads();
  const int passes = system_.passes();
  const int hessians = direction_.n_hessians();
  stepped_ = has_minimum_ = false;
  system_.set_alpha(alpha, b);
  choose_start(b);
  system_.centre_point(b);
  direction_.change_alpha();
  evaluate_from_data(b);
  iterate(b, info);
  const bool exact = info.status == Status::converged && options_.tol <= tol_of_polished_fits;
  if (exact) polish(b, system_.passes() - passes, info);
  system_.centre_point(b);
  report(b, info);
  info.n_passes = system_.passes() - passes;
  info.n_hessians = direction_.n_hessians() - hessians;
  return info;
}

template class SparseLogisticNewton<double>;
template class SparseLogisticNewton<float>;

}  // namespace elltwo
