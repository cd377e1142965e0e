#include "solvers/logistic_l1/newton.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/interruption.hpp"
#include "solvers/logistic/thresholds.hpp"

namespace elltwo {
namespace {

/// The columns of a working set whose Hessian costs as much as one step, which reads them twice.
constexpr double columns_for_a_step = 120.0;

/// Steps that a fit needs from a fresh Hessian, about.
constexpr double steps_from_fresh = 3.0;

constexpr double least_step = 1e-6;

/// Slopes of columns without a penalty are held to a smaller part of |x_j| |r| than the tolerance.
constexpr double part_of_slope = 1e-3;

/// A violation that does not fall any more below this is one of rounding.
constexpr double stagnant_violation = 1e-7;

}  // namespace

double l1_violation(const SlotPenalty& penalty, double alpha, double b, double q) {
  const double a1 = alpha * penalty.l1;
  const double pull = q - alpha * penalty.l2 * b;
  const double up = b < penalty.upper ? pull - (b >= 0.0 ? a1 : -a1) : 0.0;
  const double down = b > penalty.lower ? -pull - (b <= 0.0 ? a1 : -a1) : 0.0;
  return std::max({0.0, up, down});
}

LogisticL1Newton::LogisticL1Newton(const LogisticL1Design& design, const LogisticL1Penalty& penalty,
                                   LogisticL1Set& set, int n_threads, Monitor& monitor)
    : design_(design),
      set_(set),
      n_threads_(n_threads),
      solver_(set.slots(), monitor),
      pairs_(set.slots()) {
  for (Index j = 0; j < design.p; ++j) {
    if (!penalty.pinned[j]) largest_l1_ = std::max(largest_l1_, penalty.l1[j]);
  }
  solver_.take_appended();
  set_point(std::vector<double>(solver_.point()));
  refresh();
}

void LogisticL1Newton::append(std::span<const Index> entries) {
  if (entries.empty()) return;
  set_.append(entries);
  pairs_.take_appended();
  set_.slopes(loss_.residual.data(), slopes_);
  const auto appended = set_.size() - static_cast<Index>(solver_.point().size());
  for (Index s = set_.size() - appended; s < set_.size(); ++s) set_.set_linear_term(s, slopes_[s]);
  solver_.take_appended();
  moved_ = true;
  const auto& b = solver_.point();
  const bool at_bounds =
      std::any_of(b.end() - appended, b.end(), [](double v) { return v != 0.0; });
  if (at_bounds) set_point(std::vector<double>(b));
}

void LogisticL1Newton::set_point(const std::vector<double>& b) {
  solver_.set_point(b.data());
  eta_.resize(design_.outputs * design_.n);
  set_.predictors(1, b.data(), eta_.data());
  for (std::size_t i = 0; i < eta_.size(); ++i) eta_[i] += design_.offset[i];
  evaluate(eta_, loss_);
  set_.slopes(loss_.residual.data(), slopes_);
  moved_ = true;
}

void LogisticL1Newton::evaluate(const std::vector<double>& eta, LogisticL1Loss& loss) {
  evaluate_loss(design_, eta.data(), n_threads_, loss);
}

void LogisticL1Newton::refresh() {
  set_.set_curvature(loss_);
  n_hessians_ += 1.0;
  pairs_.clear();
  solver_.take_new_quadratic();
  moved_ = true;
}

// The model is 1/2 d'G d - (g / a)'d + h(b + d) / a, where the Hessian is about a G: c = g / a +
// G b, which is c + (g / a - q) for c and q = c - G b of the step before.
void LogisticL1Newton::update_linear_term() {
  const auto& slots = set_.slots();
  const double scale = pairs_.scale();
  const auto& b = solver_.point();
  if (moved_) {
    std::vector<double> c(slopes_);
    for (double& slope : c) slope /= scale;
    for (Index t = 0; t < slots.size(); ++t) {
      if (b[t] == 0.0) continue;
      const double* g = slots.gram(t);
      for (Index s = 0; s < slots.size(); ++s) c[s] += g[s] * b[t];
    }
    for (Index s = 0; s < slots.size(); ++s) set_.set_linear_term(s, c[s]);
  } else {
    const auto& q = solver_.slopes();
    for (Index s = 0; s < slots.size(); ++s) {
      set_.set_linear_term(s, slots.c(s) + (slopes_[s] / scale - q[s]));
    }
  }
  moved_ = false;
  solver_.take_new_linear_term();
}

double LogisticL1Newton::penalty_at(double alpha, const std::vector<double>& b) const {
  double sum = 0.0;
  for (Index s = 0; s < set_.size(); ++s) {
    const auto& h = set_.slots().penalty(s);
    sum += h.l1 * std::abs(b[s]) + 0.5 * h.l2 * b[s] * b[s];
  }
  return alpha * sum;
}

// What slopes in slots without a penalty are measured by: columns have about the size sqrt(sum w).
double LogisticL1Newton::free_unit(double alpha) const {
  double squares = 0.0;
  for (std::size_t i = 0; i < loss_.residual.size(); ++i) {
    const double r = loss_.residual[i];
    squares += r * r / design_.weight_of(static_cast<Index>(i) % design_.n);
  }
  const double unit = part_of_slope * std::sqrt(squares * design_.total_weight);
  return largest_l1_ > 0.0 ? std::min(unit, alpha * largest_l1_) : unit;
}

double LogisticL1Newton::violation(double alpha) const {
  double largest = 0.0;
  const auto& b = solver_.point();
  const double unit_of_free = free_unit(alpha);
  for (Index s = 0; s < set_.size(); ++s) {
    const auto& h = set_.slots().penalty(s);
    const double unit = h.l1 > 0.0 ? alpha * h.l1 : unit_of_free;
    const double by = l1_violation(h, alpha, b[s], slopes_[s]);
    if (by > 0.0) largest = std::max(largest, by / unit);
  }
  return largest;
}

// The steps that remain at the present rate against those from a new Hessian and its cost.
bool LogisticL1Newton::refresh_pays(double before, double now, double tolerance) const {
  const double rate = std::min(now / before, 0.999);
  if (rate <= 0.05) return false;
  const double steps = std::log(tolerance / now) / std::log(rate);
  const double cost = static_cast<double>(set_.n_columns()) / columns_for_a_step;
  return steps > steps_from_fresh + cost;
}

// The tolerance of a model's minimum: the face solver measures slopes in slots without a penalty by
// the largest alpha l1.
double LogisticL1Newton::face_tolerance(double alpha, double tolerance) const {
  const double largest = alpha * largest_l1_;
  return tolerance * (largest > 0.0 ? std::min(1.0, free_unit(alpha) / largest) : 1.0);
}

// Moves to the minimum of the quadratic model, or part of the way. False: not the whole way.
bool LogisticL1Newton::step(double alpha, double tolerance) {
  const std::vector<double> before = solver_.point();
  const double old_objective = loss_.value + penalty_at(alpha, before);
  const std::vector<double> slopes = slopes_;
  update_linear_term();
  alpha_ = alpha;
  solver_.solve(alpha / pairs_.scale(), face_tolerance(alpha, tolerance));
  improve_on_face(before, slopes);
  std::vector<double> change = solver_.point();
  for (Index s = 0; s < set_.size(); ++s) change[s] -= before[s];
  const std::vector<double> from = eta_;
  loss_.value = set_.step(
      change.data(), eta_.data(),
      [&](Index first, Index count) {
        for (Index k = 0; k < design_.outputs; ++k) {
          const Index at = k * design_.n + first;
          std::copy_n(eta_.data() + at, count, loss_.residual.data() + at);
        }
        return evaluate_loss_of_rows(design_, first, count, loss_);
      },
      loss_.residual.data(), slopes_);
  const double noise = objective_noise * std::abs(old_objective);
  if (loss_.value + penalty_at(alpha, solver_.point()) <= old_objective + noise) {
    take_pair(std::move(change), slopes);
    return true;
  }
  shorten(alpha, old_objective + noise, before, from);
  return false;
}

// Halves the step from a point until the objective is lower.
void LogisticL1Newton::shorten(double alpha, double objective, const std::vector<double>& before,
                               const std::vector<double>& from) {
  const std::vector<double> to = eta_;
  const std::vector<double> whole = solver_.point();
  std::vector<double> b(whole.size());
  for (double t = 0.5;; t *= 0.5) {
    for (std::size_t i = 0; i < eta_.size(); ++i) eta_[i] = from[i] + t * (to[i] - from[i]);
    for (Index s = 0; s < set_.size(); ++s) b[s] = before[s] + t * (whole[s] - before[s]);
    evaluate(eta_, loss_);
    if (loss_.value + penalty_at(alpha, b) <= objective || t <= least_step) break;
  }
  solver_.set_point(b.data());
  set_.slopes(loss_.residual.data(), slopes_);
  moved_ = true;
}

// Moves from the model's minimum to that of the Hessian as the pairs have it, where that is on the
// same face.
void LogisticL1Newton::improve_on_face(const std::vector<double>& before,
                                       const std::vector<double>& slopes) {
  if (pairs_.empty()) return;
  const auto& active = solver_.active();
  std::vector<double> d = active_pull(before, slopes);
  std::vector<unsigned char> is_active(before.size(), 0);
  for (const Index s : active) is_active[s] = 1;
  for (Index t = 0; t < set_.size(); ++t) {
    const double left = solver_.point()[t] - before[t];
    if (is_active[t] || left == 0.0) continue;
    const double* g = set_.slots().gram(t);
    for (std::size_t a = 0; a < active.size(); ++a) d[a] -= pairs_.scale() * left * g[active[a]];
  }
  pairs_.solve(solver_, alpha_, d);
  for (std::size_t a = 0; a < active.size(); ++a) d[a] += before[active[a]];
  solver_.move_active(d);
}

// slopes - alpha h'(b) of the active slots.
std::vector<double> LogisticL1Newton::active_pull(const std::vector<double>& b,
                                                  const std::vector<double>& slopes) const {
  std::vector<double> pull;
  for (const Index s : solver_.active()) {
    const auto& h = set_.slots().penalty(s);
    const double sign = solver_.place(s) == Place::plus ? 1.0 : -1.0;
    pull.push_back(slopes[s] - alpha_ * (h.l1 * sign + h.l2 * b[s]));
  }
  return pull;
}

void LogisticL1Newton::take_pair(std::vector<double> step, const std::vector<double>& slopes) {
  const auto& q = solver_.slopes();
  std::vector<double> fall(step.size());
  double curvature = 0.0;
  for (std::size_t s = 0; s < step.size(); ++s) {
    fall[s] = slopes[s] - slopes_[s];
    curvature += step[s] * (slopes[s] / pairs_.scale() - q[s]);
  }
  pairs_.add(std::move(step), std::move(fall), curvature);
}

LogisticL1Steps LogisticL1Newton::solve(double alpha, double tolerance, int max_steps) {
  LogisticL1Steps result{.violation = violation(alpha)};
  double before = infinity;
  bool fresh = false;
  while (result.violation > tolerance && result.steps < max_steps) {
    const double now = result.violation;
    const bool slow = result.steps > 1 && refresh_pays(before, now, tolerance);
    if (slow && fresh && now < stagnant_violation && now > 0.5 * before) break;
    if (slow) refresh();
    fresh = slow;
    before = now;
    if (!step(alpha, 0.1 * tolerance)) refresh();
    ++result.steps;
    result.violation = violation(alpha);
  }
  return result;
}

std::vector<double> LogisticL1Newton::derivative() {
  const auto& active = solver_.active();
  std::vector<double> d;
  for (const Index s : active) {
    const auto& h = set_.slots().penalty(s);
    const double sign = solver_.place(s) == Place::plus ? 1.0 : -1.0;
    d.push_back(-(h.l1 * sign + h.l2 * solver_.point()[s]));
  }
  pairs_.solve(solver_, alpha_, d);
  std::vector<double> full(set_.size(), 0.0);
  for (std::size_t a = 0; a < active.size(); ++a) full[active[a]] = d[a];
  return full;
}

}  // namespace elltwo
