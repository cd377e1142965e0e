#include "solvers/active_set/monotone.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/interruption.hpp"
#include "solvers/active_set/exchange.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr int sweeps = 2;
constexpr int most_searches = 60;
constexpr double solved = 1e-8;  // relative accuracy of a direction

/// Minimises P over one coefficient and keeps q.
void update_coordinate(FaceState& state, Index s) {
  const SlotPenalty& penalty = state.slots.penalty(s);
  const double curvature = state.slots.gram(s, s) + state.alpha * penalty.l2;
  if (!(curvature > 0.0)) return;
  const double z = state.q[s] + state.slots.gram(s, s) * state.b[s];
  const double excess = std::max(std::abs(z) - state.alpha * penalty.l1, 0.0);
  const double wanted =
      std::clamp(std::copysign(excess, z) / curvature, penalty.lower, penalty.upper);
  const double step = wanted - state.b[s];
  if (step == 0.0) return;
  state.b[s] = wanted;
  const double* column = state.slots.gram(s);
  double* q = state.q.data();
  for (Index i = 0; i < state.size(); ++i) q[i] -= step * column[i];
}

/// Gives free slots the sign of their values; those that came to an end leave.
void sort_face(FaceState& state) {
  std::vector<Index> leaving;
  const std::vector<Index>& order = state.factor.order();
  for (std::size_t a = 0; a < order.size(); ++a) {
    if (state.at_end(order[a])) leaving.push_back(static_cast<Index>(a));
    else state.set_free(order[a], 1.0);
  }
  state.leave(leaving);
}

void descend(FaceState& state, const std::vector<Index>& violators) {
  const std::vector<Index> face = state.factor.order();
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    check(state.monitor);
    for (const Index s : violators) update_coordinate(state, s);
    for (const Index s : face) update_coordinate(state, s);
  }
  sort_face(state);
  for (const Index s : violators) {
    if (state.is_free(s)) continue;
    if (state.at_end(s)) {
      state.set_fixed(s);
      continue;
    }
    state.set_free(s, 1.0);
    if (state.factor.append({&s, 1}) == 0) exchange(state, s);
  }
  state.refresh();
}

/// A point of the line b_A + t d at which the slope of P jumps.
struct Kink {
  double t = 0.0;
  Index position = 0;
  double jump = 0.0;  // infinite at a bound
  bool operator<(const Kink& other) const {
    return t < other.t || (t == other.t && position < other.position);
  }
};

std::vector<Kink> kinks_until(const FaceState& state, const std::vector<double>& d, double end) {
  std::vector<Kink> kinks;
  const std::vector<Index>& order = state.factor.order();
  for (std::size_t a = 0; a < order.size(); ++a) {
    const Index s = order[a];
    const SlotPenalty& penalty = state.slots.penalty(s);
    const auto position = static_cast<Index>(a);
    const double moved = state.b[s] + end * d[a];
    const bool up = d[a] > 0.0;
    if (state.has_kink(s) && moved * state.sign[s] < 0.0) {
      const double jump = 2.0 * state.alpha * penalty.l1 * std::abs(d[a]);
      kinks.push_back({-state.b[s] / d[a], position, jump});
    }
    const double bound = up ? penalty.upper : penalty.lower;
    if (up ? moved > bound : moved < bound) {
      kinks.push_back({(bound - state.b[s]) / d[a], position, infinity});
    }
  }
  std::sort(kinks.begin(), kinks.end());
  return kinks;
}

/// Moves to the minimum of P along b_A + t d, 0 <= t <= 1, where the slope is (t - 1) `curvature`
/// before the first kink. Returns whether that was the whole step without a kink.
bool search(FaceState& state, const std::vector<double>& d, double curvature) {
  const std::vector<Kink> kinks = kinks_until(state, d, 1.0);
  double slope = -curvature;  // at t = 0, of the present piece
  const Kink* stop = nullptr;
  for (const Kink& kink : kinks) {
    if (slope + kink.t * curvature >= 0.0) break;
    slope += kink.jump;
    if (slope + kink.t * curvature >= 0.0) {
      stop = &kink;
      break;
    }
  }
  const double t = stop != nullptr ? stop->t : std::min(1.0, -slope / curvature);
  const std::vector<Index>& order = state.factor.order();
  for (std::size_t a = 0; a < order.size(); ++a) {
    const SlotPenalty& penalty = state.slots.penalty(order[a]);
    double& b = state.b[order[a]];
    b = std::clamp(b + t * d[a], penalty.lower, penalty.upper);
  }
  if (stop != nullptr) {
    const Index s = order[stop->position];
    const SlotPenalty& penalty = state.slots.penalty(s);
    const double bound = d[stop->position] > 0.0 ? penalty.upper : penalty.lower;
    state.b[s] = std::isinf(stop->jump) ? bound : 0.0;
  }
  return kinks.empty();
}

}  // namespace

void monotone_round(FaceState& state, const std::vector<Index>& violators) {
  descend(state, violators);
  std::vector<double> direction;
  for (int i = 0; i < most_searches && state.factor.size() > 0; ++i) {
    check(state.monitor);
    state.gradient(direction);
    const std::vector<double> gradient = direction;
    state.factor.solve(state.alpha, solved, direction.data());
    double curvature = 0.0;
    for (std::size_t a = 0; a < gradient.size(); ++a) curvature += gradient[a] * direction[a];
    if (!(curvature > 0.0)) return;
    const bool whole = search(state, direction, curvature);
    sort_face(state);
    state.refresh();
    if (whole) return;
  }
}

}  // namespace elltwo
