#include "solvers/ridge_bounded/descent.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/interruption.hpp"

namespace elltwo {
namespace {

constexpr int max_rounds = 20;            // of sweeps before free coefficients are solved for again
constexpr int sweeps_of_free = 4;         // between two sweeps of all
constexpr int most_failed_solutions = 5;  // solutions that may fail to halve what is rounding
constexpr int pivot_tries = 3;            // solutions that may fail to misplace fewer

}  // namespace

BoundedDescent::BoundedDescent(CoordinateQuadratic& quadratic, const ScaledBox& box, int max_sweeps,
                               Monitor& monitor)
    : quadratic_(quadratic), box_(box), sweeps_left_(max_sweeps), monitor_(monitor) {
  const auto p = static_cast<Index>(box.lower.size());
  for (Index j = 0; j < p; ++j) {
    if (box.lower[j] < box.upper[j] && quadratic.curvature(j) > 0.0) movable_.push_back(j);
  }
  info_.solver = Solver::coordinate_descent;
  info_.optimality = infinity;
}

double BoundedDescent::clipped(Index j, double value) const {
  return std::min(std::max(value, box_.lower[j]), box_.upper[j]);
}

bool BoundedDescent::inside(const Features& free, const std::vector<double>& z) const {
  return std::all_of(free.begin(), free.end(), [&](Index j) { return z[j] == clipped(j, z[j]); });
}

void BoundedDescent::clip(const Features& free, std::vector<double>& z) const {
  for (const Index j : free) {
    double& value = z[j];
    value = clipped(j, value);
  }
}

auto BoundedDescent::interior() const -> Features {
  Features free;
  for (const Index j : movable_) {
    if (box_.lower[j] < b(j) && b(j) < box_.upper[j]) free.push_back(j);
  }
  return free;
}

// The part of the gradient that does not push against a bound.
double BoundedDescent::push(Index j) const {
  const double slope = quadratic_.slope(j);
  if (b(j) <= box_.lower[j]) return std::max(slope, 0.0);
  if (b(j) >= box_.upper[j]) return std::min(slope, 0.0);
  return slope;
}

bool BoundedDescent::wants_release() const {
  return std::any_of(movable_.begin(), movable_.end(), [&](Index j) {
    return (b(j) <= box_.lower[j] || b(j) >= box_.upper[j]) && push(j) != 0.0;
  });
}

// |y| + |d b|, d_j^2 the curvature.
double BoundedDescent::measure() const {
  double fitted = 0.0;
  for (const Index j : movable_) fitted += quadratic_.curvature(j) * b(j) * b(j);
  return quadratic_.target_norm() + std::sqrt(fitted);
}

auto BoundedDescent::unheld(double rounding) const -> Features {
  const double scale = rounding * measure();
  Features result;
  for (const Index j : movable_) {
    const bool at_bound = b(j) <= box_.lower[j] || b(j) >= box_.upper[j];
    const double size = std::abs(quadratic_.slope(j)) / std::sqrt(quadratic_.curvature(j));
    if (!at_bound || size <= scale) result.push_back(j);
  }
  return result;
}

// max over features of |push_j| / (d_j (|y| + |d b|)), as without bounds.
double BoundedDescent::optimality() const {
  double worst = 0.0;
  const double scale = measure();
  for (const Index j : movable_) {
    const double size = std::abs(push(j));
    if (!(size == 0.0))
      worst = std::max(worst, size / (std::sqrt(quadratic_.curvature(j)) * scale));
  }
  return std::isnan(worst) ? infinity : worst;
}

// True if a coefficient came to a bound or left one.
bool BoundedDescent::sweep(const Features& features) {
  --sweeps_left_;
  ++info_.n_iter;
  bool changed = false;
  for (const Index j : features) {
    const double from = b(j);
    const double to = clipped(j, from + quadratic_.slope(j) / quadratic_.curvature(j));
    if (to == from) continue;
    const auto free = [&](double value) { return box_.lower[j] < value && value < box_.upper[j]; };
    changed |= free(from) != free(to);
    quadratic_.move(j, to - from);
  }
  return changed;
}

void BoundedDescent::sweep_until_stable() {
  for (int round = 0; round < max_rounds && sweeps_left_ > 0; ++round) {
    if (!sweep(movable_)) return;
    check(monitor_);
    const auto free = interior();
    for (int k = 0; k < sweeps_of_free && sweeps_left_ > 0; ++k) sweep(free);
  }
}

// Moves towards z as far as that helps, clipped to the box, which brings many coefficients to their
// bounds at once (Bertsekas 1982); at least to the first bound on the way, which cannot be worse.
void BoundedDescent::step_towards(const Features& free, const std::vector<double>& z) {
  const std::vector<double> from = quadratic_.point();
  std::vector<double> slope;
  for (const Index j : free) slope.push_back(quadratic_.slope(j));
  Index blocking = 0;
  const double reach = reach_towards(free, z, blocking);
  for (double length = 1.0; length > reach; length /= 4) {
    const auto to = between(free, from, z, length);
    quadratic_.set_point(to);
    double decrease = 0.0;
    for (std::size_t a = 0; a < free.size(); ++a) {
      const Index j = free[a];
      decrease += (slope[a] + quadratic_.slope(free[a])) * (to[j] - from[j]);
    }
    if (decrease > 0.0) return;
  }
  auto to = between(free, from, z, reach);
  to[blocking] = clipped(blocking, z[blocking]);
  quadratic_.set_point(to);
}

std::vector<double> BoundedDescent::between(const Features& free, const std::vector<double>& from,
                                            const std::vector<double>& z, double length) const {
  std::vector<double> to = from;
  for (const Index feature : free) {
    to[feature] = clipped(feature, from[feature] + length * (z[feature] - from[feature]));
  }
  return to;
}

// Which part of the way to z is within the box, and what coefficient ends it.
double BoundedDescent::reach_towards(const Features& free, const std::vector<double>& z,
                                     Index& blocking) const {
  double reach = 1.0;
  for (const Index feature : free) {
    const double bound = clipped(feature, z[feature]);
    if (bound == z[feature]) continue;
    const double part = (bound - b(feature)) / (z[feature] - b(feature));
    if (part > reach) continue;
    reach = part;
    blocking = feature;
  }
  return reach;
}

void BoundedDescent::to_face_minimum(int most, bool& at_minimum) {
  for (int solved = 0;; ++solved) {
    const auto free = interior();
    quadratic_.set_point(quadratic_.point());
    at_minimum = free.empty();
    if (free.empty() || solved == most) return;
    std::vector<double> z = quadratic_.point();
    quadratic_.minimise(free, z.data(), info_);
    if (inside(free, z)) {
      quadratic_.set_point(z);
      at_minimum = true;
      return;
    }
    step_towards(free, z);
  }
}

// False where more sweeps would only stir rounding.
bool BoundedDescent::keep_if_better() {
  const double now = optimality();
  const double before = info_.optimality;
  if (now < before || best_.empty()) {
    info_.optimality = now;
    best_ = quadratic_.point();
  }
  return now < 0.5 * before || now > quadratic_.rounding();
}

void BoundedDescent::descend(bool at_minimum) {
  quadratic_.refresh();
  keep_if_better();
  int stalled = 0;
  int most = 2;  // solutions between sweeps: ever more, so that the last face is reached in the end
  while ((!at_minimum || wants_release()) && sweeps_left_ > 0 && stalled < most_failed_solutions) {
    sweep_until_stable();
    to_face_minimum(most++, at_minimum);
    quadratic_.refresh();
    if (!keep_if_better()) ++stalled;
  }
}

// Solves for what is free, pins what came out of bounds and frees what pushes off its bound, until
// nothing is misplaced (Portugal, Judice and Vicente 1994). As a rule that takes a few solutions;
// where the number of misplaced coefficients stops falling, descent follows.
void BoundedDescent::pivot(bool& at_minimum) {
  Features free = movable_;
  std::size_t fewest = movable_.size() + 1;
  for (int tries = pivot_tries;;) {
    std::vector<double> z = quadratic_.point();
    if (!free.empty()) quadratic_.minimise(free, z.data(), info_);
    quadratic_.set_point(z);
    std::size_t misplaced = 0;
    const Features next = exchanged(free, misplaced);
    clip(free, z);
    quadratic_.set_point(z);
    at_minimum = misplaced == 0;
    if (at_minimum || sweeps_left_ == 0) return;
    if (misplaced < fewest) tries = pivot_tries;
    else if (--tries < 0) return;
    fewest = std::min(fewest, misplaced);
    free = next;
    --sweeps_left_;
    ++info_.n_iter;
  }
}

auto BoundedDescent::exchanged(const Features& free, std::size_t& misplaced) const -> Features {
  Features next;
  for (const Index j : movable_) {
    const bool was_free = std::binary_search(free.begin(), free.end(), j);
    const bool is_free = was_free ? b(j) == clipped(j, b(j)) : push(j) != 0.0;
    if (is_free) next.push_back(j);
    if (is_free != was_free) ++misplaced;
  }
  return next;
}

GroupFit BoundedDescent::fit() {
  bool at_minimum = true;
  if (!movable_.empty()) pivot(at_minimum);
  info_.reason = info_.n_iter == 0 && at_minimum
                     ? "the solution without bounds lies within them"
                     : "bounds: what is free is solved for, and found by pivoting and descent";
  descend(at_minimum);
  quadratic_.set_point(best_);
  quadratic_.refresh();
  return as_fit();
}

GroupFit BoundedDescent::judge() {
  quadratic_.refresh();
  info_.optimality = optimality();
  return as_fit();
}

GroupFit BoundedDescent::as_fit() const {
  const auto& b = quadratic_.point();
  GroupFit fit{.coef = Buffer<double>(static_cast<Index>(b.size())), .centre = {}, .info = info_};
  std::copy(b.begin(), b.end(), fit.coef.begin());
  return fit;
}

}  // namespace elltwo
