#include "solvers/ridge_bounded/descent.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo {
namespace {

constexpr int max_rounds = 20;            // of sweeps before free coefficients are solved for again
constexpr int sweeps_of_free = 4;         // between two sweeps of all
constexpr int most_failed_solutions = 5;  // solutions that may fail to halve what is rounding
constexpr int pivot_tries = 3;            // solutions that may fail to misplace fewer

}  // namespace

template <Real T>
BoundedDescent<T>::BoundedDescent(BoundedMethod<T>& method, const TargetGroup& group,
                                  const Box& box, int max_sweeps)
    : method_(method), p_(method.problem().n_features()), sweeps_left_(max_sweeps) {
  take_bounds(group, box);
  start(group);
  info_.solver = Solver::coordinate_descent;
  info_.optimality = infinity;
}

template <Real T>
void BoundedDescent<T>::take_bounds(const TargetGroup& group, const Box& box) {
  const auto& problem = method_.problem();
  for (Index j = 0; j < p_; ++j) {
    const double x_scale = problem.x_scale(j), y_scale = problem.y_scale(group.targets[0]);
    lower_.push_back(box.lower.empty() ? -infinity : box.lower[j] / x_scale * y_scale);
    upper_.push_back(box.upper.empty() ? infinity : box.upper[j] / x_scale * y_scale);
  }
}

// At the prior means, or the bounds nearest to them, where what cannot move will stay.
template <Real T>
void BoundedDescent<T>::start(const TargetGroup& group) {
  const auto& problem = method_.problem();
  std::vector<double> at_prior;
  for (Index j = 0; j < p_; ++j) at_prior.push_back(clipped(j, problem.prior(group.targets[0], j)));
  method_.begin(group, at_prior);
  for (Index j = 0; j < p_; ++j) {
    if (std::isinf(problem.penalty(j, group.alpha)) || !(lower_[j] < upper_[j])) continue;
    if (method_.curvature(j) > 0.0) movable_.push_back(j);
  }
}

template <Real T>
double BoundedDescent<T>::clipped(Index j, double value) const {
  return std::min(std::max(value, lower_[j]), upper_[j]);
}

template <Real T>
bool BoundedDescent<T>::inside(const Features& free, const std::vector<double>& z) const {
  return std::all_of(free.begin(), free.end(), [&](Index j) { return z[j] == clipped(j, z[j]); });
}

template <Real T>
void BoundedDescent<T>::clip(const Features& free, std::vector<double>& z) const {
  for (const Index j : free) {
    double& value = z[j];
    value = clipped(j, value);
  }
}

template <Real T>
auto BoundedDescent<T>::interior() const -> Features {
  Features free;
  for (const Index j : movable_) {
    if (lower_[j] < b(j) && b(j) < upper_[j]) free.push_back(j);
  }
  return free;
}

// The part of the gradient that does not push against a bound.
template <Real T>
double BoundedDescent<T>::push(Index j) const {
  const double slope = method_.slope(j);
  if (b(j) <= lower_[j]) return std::max(slope, 0.0);
  if (b(j) >= upper_[j]) return std::min(slope, 0.0);
  return slope;
}

template <Real T>
bool BoundedDescent<T>::wants_release() const {
  return std::any_of(movable_.begin(), movable_.end(), [&](Index j) {
    return (b(j) <= lower_[j] || b(j) >= upper_[j]) && push(j) != 0.0;
  });
}

// max over features of |push_j| / (d_j (|y| + |d b|)), d_j^2 the curvature, as without bounds.
template <Real T>
double BoundedDescent<T>::optimality() const {
  double fitted = 0.0, worst = 0.0;
  for (const Index j : movable_) fitted += method_.curvature(j) * b(j) * b(j);
  const double scale = method_.target_norm() + std::sqrt(fitted);
  for (const Index j : movable_) {
    const double size = std::abs(push(j));
    if (!(size == 0.0)) worst = std::max(worst, size / (std::sqrt(method_.curvature(j)) * scale));
  }
  return std::isnan(worst) ? infinity : worst;
}

// True if a coefficient came to a bound or left one.
template <Real T>
bool BoundedDescent<T>::sweep(const Features& features) {
  --sweeps_left_;
  ++info_.n_iter;
  bool changed = false;
  for (const Index j : features) {
    const double from = b(j);
    const double to = clipped(j, from + method_.slope(j) / method_.curvature(j));
    if (to == from) continue;
    const auto free = [&](double value) { return lower_[j] < value && value < upper_[j]; };
    changed |= free(from) != free(to);
    method_.move(j, to - from);
  }
  return changed;
}

template <Real T>
void BoundedDescent<T>::sweep_until_stable() {
  for (int round = 0; round < max_rounds && sweeps_left_ > 0; ++round) {
    if (!sweep(movable_) || method_.problem().monitor().should_stop()) return;
    const auto free = interior();
    for (int k = 0; k < sweeps_of_free && sweeps_left_ > 0; ++k) sweep(free);
  }
}

// Towards z as far as that helps, clipped to the box, which settles many coefficients at once
// (Bertsekas 1982); at least to the first bound on the way, which cannot be worse.
template <Real T>
void BoundedDescent<T>::step_towards(const Features& free, const std::vector<double>& z) {
  const std::vector<double> from = method_.point();
  std::vector<double> slope;
  for (const Index j : free) slope.push_back(method_.slope(j));
  Index blocking = 0;
  const double reach = reach_towards(free, z, blocking);
  for (double length = 1.0; length > reach; length /= 4) {
    const auto to = between(free, from, z, length);
    method_.stand_at(to);
    double decrease = 0.0;
    for (std::size_t a = 0; a < free.size(); ++a) {
      const Index j = free[a];
      decrease += (slope[a] + method_.slope(free[a])) * (to[j] - from[j]);
    }
    if (decrease > 0.0) return;
  }
  auto to = between(free, from, z, reach);
  to[blocking] = clipped(blocking, z[blocking]);
  method_.stand_at(to);
}

template <Real T>
std::vector<double> BoundedDescent<T>::between(const Features& free,
                                               const std::vector<double>& from,
                                               const std::vector<double>& z, double length) const {
  std::vector<double> to = from;
  for (const Index feature : free) {
    to[feature] = clipped(feature, from[feature] + length * (z[feature] - from[feature]));
  }
  return to;
}

// Which part of the way to z is within the box, and what coefficient ends it.
template <Real T>
double BoundedDescent<T>::reach_towards(const Features& free, const std::vector<double>& z,
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

template <Real T>
bool BoundedDescent<T>::to_face_minimum(int most, bool& at_minimum) {
  for (int solved = 0;; ++solved) {
    const auto free = interior();
    method_.stand_at(method_.point());
    at_minimum = free.empty();
    if (free.empty() || solved == most) return true;
    std::vector<double> z = method_.point();
    if (!method_.minimise(free, z.data(), info_)) return false;
    if (inside(free, z)) {
      method_.stand_at(z);
      at_minimum = true;
      return true;
    }
    step_towards(free, z);
  }
}

// False where more sweeps would only stir rounding.
template <Real T>
bool BoundedDescent<T>::keep_if_better() {
  const double now = optimality();
  const double before = info_.optimality;
  if (now < before || best_.empty()) {
    info_.optimality = now;
    best_ = method_.point();
  }
  return now < 0.5 * before || now > method_.rounding();
}

template <Real T>
bool BoundedDescent<T>::descend(bool at_minimum) {
  if (!method_.settle()) return false;
  keep_if_better();
  int stalled = 0;
  int most = 2;  // solutions between sweeps: ever more, so that the last face is reached in the end
  while ((!at_minimum || wants_release()) && sweeps_left_ > 0 && stalled < most_failed_solutions) {
    sweep_until_stable();
    if (!to_face_minimum(most++, at_minimum) || !method_.settle()) return false;
    if (!keep_if_better()) ++stalled;
  }
  return true;
}

// Solves for what is free, pins what came out of bounds and frees what pushes off its bound, until
// nothing is misplaced (Portugal, Judice and Vicente 1994). As a rule that takes a few solutions; where
// the number of misplaced coefficients stops falling, descent takes over.
template <Real T>
bool BoundedDescent<T>::pivot(bool& at_minimum) {
  Features free = movable_;
  std::size_t fewest = movable_.size() + 1;
  for (int tries = pivot_tries;;) {
    std::vector<double> z = method_.point();
    if (!free.empty() && !method_.minimise(free, z.data(), info_)) return false;
    method_.stand_at(z);
    std::size_t misplaced = 0;
    const Features next = exchanged(free, misplaced);
    clip(free, z);
    method_.stand_at(z);
    at_minimum = misplaced == 0;
    if (at_minimum || sweeps_left_ == 0) return true;
    if (misplaced < fewest) tries = pivot_tries;
    else if (--tries < 0) return true;
    fewest = std::min(fewest, misplaced);
    free = next;
    --sweeps_left_;
    ++info_.n_iter;
  }
}

template <Real T>
auto BoundedDescent<T>::exchanged(const Features& free, std::size_t& misplaced) const -> Features {
  Features next;
  for (const Index j : movable_) {
    const bool was_free = std::binary_search(free.begin(), free.end(), j);
    const bool is_free = was_free ? b(j) == clipped(j, b(j)) : push(j) != 0.0;
    if (is_free) next.push_back(j);
    if (is_free != was_free) ++misplaced;
  }
  return next;
}

template <Real T>
GroupFit BoundedDescent<T>::fit() {
  bool at_minimum = true;
  bool done = movable_.empty() || pivot(at_minimum);
  info_.reason = info_.n_iter == 0 && at_minimum
                     ? "the solution without bounds lies within them"
                     : "bounds: what is free is solved for, and found by pivoting and descent";
  done = done && descend(at_minimum);
  if (done) {
    method_.stand_at(best_);
    done = method_.settle();
  }
  GroupFit fit{.coef = Buffer<double>(p_), .centre = method_.centre(), .info = info_};
  std::copy(method_.point().begin(), method_.point().end(), fit.coef.begin());
  if (!done) fit.info.status = Status::interrupted;
  return fit;
}

template class BoundedDescent<double>;
template class BoundedDescent<float>;

}  // namespace elltwo
