#include "solvers/active_set/face_solver.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/interruption.hpp"
#include "solvers/active_set/exchange.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr double refactor_ratio = 1.3;      // of alpha_L to alpha, up to which a factor serves
constexpr double longest_alpha_fall = 0.5;  // of alpha in one step
constexpr int rounds_on_the_way = 4;
constexpr double least_violation = 1e-11;  // of a slot that enters, relative to alpha l1
constexpr double accurate_step = 1e-8;     // of the solution of a system; rounds refine it
constexpr double accurate_solution = 1e-12;

}  // namespace

FaceSolver::FaceSolver(const Slots& slots, Monitor& monitor) : state_(slots, monitor) {
  state_.take_appended();
}

void FaceSolver::take_appended() {
  state_.take_appended();
  prediction_.forget();
}

void FaceSolver::take_kept(const std::vector<Index>& kept) {
  if (!state_.take_kept(kept)) stale_ = true;
  prediction_.forget();
}

void FaceSolver::take_new_quadratic() {
  std::fill(state_.left_out.begin(), state_.left_out.end(), 0);
  state_.take_new_quadratic();
  prediction_.forget();
  stale_ = true;
}

void FaceSolver::take_new_linear_term() {
  state_.take_new_linear_term();
  prediction_.forget();
}

void FaceSolver::set_point(const double* b) {
  state_.set_point(b);
  prediction_.forget();
  stale_ = true;
  solved_alpha_ = 0.0;
}

FaceReport FaceSolver::solve(double alpha, double tolerance) {
  FaceReport report;
  const bool cold = solved_alpha_ == 0.0 && state_.factor.size() == 0 && !stale_;
  prepare(alpha);
  double from = solved_alpha_;
  if (cold) {
    report.monotone_rounds += descent_.run(state_, accurate_solution);
    from = entry_alpha();
  }
  if (from > 0.0 && alpha < longest_alpha_fall * from) {
    const double steps = std::ceil(std::log(alpha / from) / std::log(longest_alpha_fall));
    const double ratio = std::pow(alpha / from, 1.0 / steps);
    for (int i = 1; i < static_cast<int>(steps); ++i) {
      ++report.steps;
      prepare(from * std::pow(ratio, i));
      run(1e-6, rounds_on_the_way, report);
    }
    prepare(alpha);
  }
  report.converged = run(tolerance, most_rounds_, report);
  solved_alpha_ = alpha;
  for (const unsigned char out : state_.left_out) report.left_out += out;
  return report;
}

// The factor serves at alpha, and the slots that are not penalised are free.
void FaceSolver::prepare(double alpha) {
  state_.alpha = alpha;
  bool serves = !stale_ && state_.factor.serves(alpha, refactor_ratio);
  for (Index s = 0; s < state_.size(); ++s) {
    if (state_.has_kink(s) || state_.is_free(s) || state_.left_out[s] || state_.at_end(s)) continue;
    state_.set_free(s, 1.0);
    serves = false;
  }
  if (serves) return;
  // In the order of the factor, and those it lacks behind; but first what is not penalised.
  std::vector<Index> order = state_.factor.order();
  std::vector<unsigned char> listed(state_.b.size(), 0);
  for (const Index s : order) listed[s] = 1;
  for (Index s = 0; s < state_.size(); ++s) {
    if (state_.is_free(s) && !listed[s]) order.push_back(s);
  }
  std::stable_partition(order.begin(), order.end(), [&](Index s) { return !state_.has_kink(s); });
  state_.rebuild(std::move(order));
  stale_ = false;
}

// The smallest alpha at which no slot at zero enters.
double FaceSolver::entry_alpha() const {
  double alpha = 0.0;
  for (Index s = 0; s < state_.size(); ++s) {
    const double l1 = state_.slots.penalty(s).l1;
    if (l1 > 0.0 && !state_.is_free(s)) alpha = std::max(alpha, std::abs(state_.q[s]) / l1);
  }
  return alpha;
}

bool FaceSolver::run(double tolerance, int rounds, FaceReport& report) {
  double last = infinity;
  int stagnant = 0;  // rounds of refinement that gained nothing: the residual is rounding
  for (int round = 0; round < rounds; ++round) {
    check(state_.monitor);
    const double excess = find_violators();
    report.residual = residual_;
    if (violators_.empty()) {
      if (excess <= tolerance) return true;
      stagnant = excess > 0.3 * last ? stagnant + 1 : 0;
      if (stagnant == 3) return excess < 1e-6;
      last = excess;
    } else {
      last = infinity;
    }
    ++report.rounds;
    if (round == 0 && excess > tolerance) {
      follow_path(report);
    } else {
      admit(report);
      report.monotone_rounds += descent_.run(state_, accurate_step);
    }
    point_alpha_ = state_.alpha;
  }
  const double excess = find_violators();
  report.residual = residual_;
  return violators_.empty() && excess <= tolerance;
}

// The face of the last point comes first, whose minimum at the new alpha is on the tangent of the
// path, with the slots that are predicted to enter on the way: of the violators at the last point
// far too many would.
void FaceSolver::follow_path(FaceReport& report) {
  prediction_.begin(state_, point_alpha_, violators_);
  for (const Index s : violators_) state_.set_free(s, prediction_.predicted(state_, s));
  const Index appended = state_.factor.append(violators_);
  for (std::size_t i = static_cast<std::size_t>(appended); i < violators_.size(); ++i) {
    state_.set_fixed(violators_[i]);
  }
  report.monotone_rounds += descent_.run(state_, accurate_step);
  prediction_.end(state_);
}

// Returns the largest gradient on the face beyond rounding, in units of alpha l1.
double FaceSolver::find_violators() {
  residual_ = 0.0;
  double excess = 0.0;
  for (const Index s : state_.factor.order()) {
    const double unit = state_.unit(s);
    const double gradient = std::abs(state_.gradient(s));
    residual_ = std::max(residual_, gradient / unit);
    excess = std::max(excess, (gradient - state_.noise(s)) / unit);
  }
  // A column that depends on the face violates as much as the face does.
  const double enters = least_violation + 2.0 * excess;
  violators_.clear();
  sizes_.resize(state_.b.size());
  for (Index s = 0; s < state_.size(); ++s) {
    if (state_.is_free(s)) continue;
    const double violation = std::abs(state_.violation(s));
    if (violation == 0.0) continue;
    const double unit = state_.unit(s);
    residual_ = std::max(residual_, violation / unit);
    if (violation > enters * unit + state_.noise(s) && !state_.left_out[s]) {
      violators_.push_back(s);
      sizes_[s] = static_cast<float>(violation / unit);
    }
  }
  // Largest first; where two are equal to the digits of float, the smaller index.
  std::stable_sort(violators_.begin(), violators_.end(),
                   [&](Index s, Index other) { return sizes_[s] > sizes_[other]; });
  return excess;
}

// Appends violators up to the first that depends on the face. Where that is the first of all, it is
// exchanged for a slot of the face, whose minimum the point is.
void FaceSolver::admit(FaceReport& report) {
  if (violators_.empty()) return;
  for (const Index s : violators_) state_.set_free(s, state_.violation(s));
  const Index appended = state_.factor.append(violators_);
  for (std::size_t i = static_cast<std::size_t>(appended); i < violators_.size(); ++i) {
    if (i > 0) state_.set_fixed(violators_[i]);
  }
  if (appended > 0) return;
  ++report.exchanges;
  exchange(state_, violators_[0]);
}

void FaceSolver::solve_active(double* v) {
  state_.factor.solve(state_.alpha, accurate_solution, v);
}

bool FaceSolver::move_active(const std::vector<double>& values) {
  const std::vector<Index>& order = active();
  for (std::size_t a = 0; a < order.size(); ++a) {
    const Index s = order[a];
    if (!(values[a] > state_.low[s] && values[a] < state_.high[s])) return false;
  }
  for (std::size_t a = 0; a < order.size(); ++a) state_.b[order[a]] = values[a];
  state_.refresh();
  prediction_.forget();
  return true;
}

std::vector<double> FaceSolver::derivative() {
  const std::vector<Index>& order = active();
  std::vector<double> result(order.size());
  for (std::size_t a = 0; a < order.size(); ++a) {
    const SlotPenalty& penalty = state_.slots.penalty(order[a]);
    result[a] = -(penalty.l1 * state_.sign[order[a]] + penalty.l2 * state_.b[order[a]]);
  }
  solve_active(result.data());
  return result;
}

}  // namespace elltwo
