#include "solvers/network/lbfgs.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/sum_over.hpp"

namespace elltwo::network {
namespace {

constexpr double single_noise = 3e-7;   // of the objective by passes in float, relative
constexpr double double_noise = 1e-13;  // the same in double
constexpr int small_steps = 3;          // so many small decreases in a row end the passes in float
constexpr int scales_every = 20;        // steps; the scales of gradients change slowly
constexpr int lbfgs_stall_steps = 50;   // steps whose decrease is measured together
constexpr double lbfgs_least_gradient_fall = 0.5;  // of its norm in these steps, or else
constexpr double lbfgs_least_decrease =
    1e-3;  // of these steps, in units of tol times the objective

/// More pairs save more steps than they cost time, as long as the two loops over them, 8 operations
/// for each number, take a small part of the time of a pass over n rows.
int chosen_memory(int asked, Index n, Index n_parameters) {
  constexpr Index rows_for_each = 60;
  constexpr Index least = 20;
  constexpr Index most = 100;
  constexpr Index most_numbers = 4'000'000;
  if (asked > 0) return asked;
  const Index by_shape = std::clamp(n / rows_for_each, least, most);
  return static_cast<int>(std::clamp(most_numbers / n_parameters, Index{10}, by_shape));
}

}  // namespace

template <Real S>
Lbfgs<S>::Lbfgs(const NetworkModel& model, PackedProblem<S>& problem, const NetworkOptions& options,
                int n_threads)
    : model_(model),
      problem_(problem),
      options_(options),
      n_threads_(n_threads),
      history_(model.n_parameters(),
               chosen_memory(options.memory, problem.single_rows().n(), model.n_parameters())),
      gradient_(model.n_parameters()),
      next_gradient_(model.n_parameters()),
      direction_(model.n_parameters()),
      trial_(model.n_parameters()),
      scales_(model.n_layers()) {
  single_.emplace(model, problem.single_layout(), problem.single_rows(), n_threads);
  info_.n_threads = single_->n_threads();
  info_.tolerance = options.tol;
}

template <Real S>
Value Lbfgs<S>::evaluate(std::span<const double> at, std::span<double> gradient, bool with_scales,
                         Monitor& monitor) {
  ++info_.n_evaluations;
  const std::span<double> scales = with_scales ? std::span(scales_) : std::span<double>();
  if (with_scales) n_since_ = 0;
  if (info_.in_double) return double_->evaluate(at, gradient, monitor, scales);
  return single_->evaluate(at, gradient, monitor, scales);
}

template <Real S>
void Lbfgs<S>::start(std::span<const double> parameters, Monitor& monitor) {
  value_ = evaluate(parameters, gradient_, true, monitor);
  // Values beyond the range of float may be in that of double.
  if (!std::isfinite(value_.objective)) to_double(parameters, monitor);
}

/// Goes on with passes in double from here.
template <Real S>
void Lbfgs<S>::to_double(std::span<const double> parameters, Monitor& monitor) {
  double_.emplace(model_, problem_.double_layout(), problem_.double_rows(), n_threads_);
  single_.reset();
  info_.in_double = true;
  n_small_ = 0;
  value_ = evaluate(parameters, gradient_, true, monitor);
}

/// Whether the gradient at hand meets one of the tolerances.
template <Real S>
bool Lbfgs<S>::is_within_tolerance() const {
  return meets_tolerance(options_, relative_gradient(model_, gradient_, scales_), gradient_);
}

/// Whether the gradient meets a tolerance, which passes in double decide.
template <Real S>
bool Lbfgs<S>::is_stationary(std::span<const double> parameters, Monitor& monitor) {
  if (n_since_ >= scales_every) value_ = evaluate(parameters, gradient_, true, monitor);
  if (!is_within_tolerance()) return false;
  if (!info_.in_double) {
    to_double(parameters, monitor);
  } else if (n_since_ > 0) {
    value_ = evaluate(parameters, gradient_, true, monitor);
  }
  return is_within_tolerance();
}

template <Real S>
bool Lbfgs<S>::out_of_passes() const {
  return options_.max_passes > 0 && info_.n_evaluations >= options_.max_passes;
}

template <Real S>
typename Lbfgs<S>::Step Lbfgs<S>::step(std::span<double> parameters, Monitor& monitor) {
  history_.direction(gradient_, direction_);
  double slope = dot(gradient_, direction_);
  if (!(slope < 0.0)) {
    history_.clear();
    history_.direction(gradient_, direction_);
    slope = dot(gradient_, direction_);
  }
  // Without a history the first step has length 1, as weights are of that order.
  const double first = history_.empty() ? 1.0 / std::sqrt(dot(direction_, direction_)) : 1.0;
  LineSearch search({0.0, value_.objective, slope}, first,
                    info_.in_double ? double_noise : single_noise);
  for (;;) {
    if (out_of_passes()) return Step::out_of_passes;
    const double t = search.step();
    for (std::size_t i = 0; i < trial_.size(); ++i) trial_[i] = parameters[i] + t * direction_[i];
    const Value value = evaluate(trial_, next_gradient_, false, monitor);
    const auto outcome = search.take(value.objective, dot(next_gradient_, direction_));
    if (outcome == LineSearch::Outcome::failed) return Step::stuck;
    if (outcome == LineSearch::Outcome::go_on) continue;
    history_.add(t, direction_, gradient_, next_gradient_);
    std::copy(trial_.begin(), trial_.end(), parameters.begin());
    gradient_.swap(next_gradient_);
    note_progress(value_.objective - value.objective);
    value_ = value;
    return Step::taken;
  }
}

template <Real S>
void Lbfgs<S>::note_progress(double decrease) {
  const double noise = info_.in_double ? double_noise : single_noise;
  n_small_ = decrease <= noise * std::abs(value_.objective) ? n_small_ + 1 : 0;
  ++n_since_;
  ++info_.n_iter;
}

/// Steps until a reason to end, which it returns.
template <Real S>
const char* Lbfgs<S>::iterate(std::span<double> parameters, Monitor& monitor) {
  for (;;) {
    if (is_stationary(parameters, monitor)) {
      info_.status = Status::converged;
      return "stationary point";
    }
    info_.status = Status::max_iter_reached;
    if (info_.n_iter >= options_.max_iter) return "max_iter steps";
    const Step done = step(parameters, monitor);
    if (done == Step::out_of_passes) return "max_passes over the data";
    if (!info_.in_double && (done == Step::stuck || n_small_ >= small_steps)) {
      to_double(parameters, monitor);
    } else if (done == Step::stuck && history_.empty()) {
      info_.stalled = true;
      return "the objective no longer falls but by rounding";
    } else if (done == Step::stuck) {
      history_.clear();
    } else if (info_.n_iter % lbfgs_stall_steps == 0 && has_stalled()) {
      info_.stalled = true;
      return "the objective hardly falls any more";
    }
  }
}

/// Whether neither the objective nor the gradient has fallen enough since the last call. Near a
/// stationary point of a smooth objective the gradient falls where the objective no longer shows
/// it.
template <Real S>
bool Lbfgs<S>::has_stalled() {
  const double decrease = before_.objective - value_.objective;
  const double norm = norm_of(gradient_);
  const bool stalled =
      decrease <= lbfgs_least_decrease * options_.tol * std::abs(value_.objective) &&
      norm > lbfgs_least_gradient_fall * norm_before_;
  before_ = value_;
  norm_before_ = norm;
  return stalled;
}

template <Real S>
NetworkInfo Lbfgs<S>::run(std::span<double> parameters, Monitor& monitor) {
  start(parameters, monitor);
  before_ = value_;
  norm_before_ = norm_of(gradient_);
  info_.reason = iterate(parameters, monitor);
  if (!info_.in_double) to_double(parameters, monitor);
  if (n_since_ > 0) value_ = evaluate(parameters, gradient_, true, monitor);
  info_.objective = value_.objective;
  info_.loss = value_.loss;
  info_.gradient_norm = norm_of(gradient_);
  info_.optimality = relative_gradient(model_, gradient_, scales_);
  return info_;
}

template class Lbfgs<float>;
template class Lbfgs<double>;

}  // namespace elltwo::network
