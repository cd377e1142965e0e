#include "solvers/active_set/line_search.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/shared/ranges.hpp"

namespace elltwo {

bool LineSearch::run(FaceState& state, const std::vector<double>& d, const std::vector<double>& g) {
  double curvature = 0.0;
  for (std::size_t a = 0; a < d.size(); ++a) curvature += g[a] * d[a];
  if (!(curvature > 0.0)) return false;
  find_kinks(state, d);
  double slope = -curvature;  // of the present piece, extended to t = 0
  const Kink* stop = nullptr;
  for (const Kink& kink : kinks_) {
    if (slope + kink.t * curvature >= 0.0) break;
    slope += kink.jump;
    if (slope + kink.t * curvature >= 0.0) {
      stop = &kink;
      break;
    }
  }
  move(state, d, stop != nullptr ? stop->t : std::min(1.0, -slope / curvature));
  if (stop != nullptr) {
    const Index s = state.factor.order()[stop->position];
    const SlotPenalty& penalty = state.slots.penalty(s);
    const double bound = d[stop->position] > 0.0 ? penalty.upper : penalty.lower;
    state.b[s] = std::isinf(stop->jump) ? bound : 0.0;
  }
  sort_face(state);
  return true;
}

void LineSearch::find_kinks(const FaceState& state, const std::vector<double>& d) {
  kinks_.clear();
  const std::vector<Index>& order = state.factor.order();
  for (std::size_t a = 0; a < d.size(); ++a) {
    const Index s = order[a];
    const SlotPenalty& penalty = state.slots.penalty(s);
    const auto position = static_cast<Index>(a);
    const double end = state.b[s] + d[a];
    if (state.has_kink(s) && end * state.sign[s] < 0.0) {
      const double jump = 2.0 * state.alpha * penalty.l1 * std::abs(d[a]);
      kinks_.push_back({-state.b[s] / d[a], position, jump});
    }
    const double bound = d[a] > 0.0 ? penalty.upper : penalty.lower;
    if (d[a] > 0.0 ? end > bound : end < bound) {
      kinks_.push_back({(bound - state.b[s]) / d[a], position, infinity});
    }
  }
  std::sort(kinks_.begin(), kinks_.end(), [](const Kink& kink, const Kink& other) {
    return kink.t < other.t || (kink.t == other.t && kink.position < other.position);
  });
}

void LineSearch::move(FaceState& state, const std::vector<double>& d, double t) const {
  const std::vector<Index>& order = state.factor.order();
  for (std::size_t a = 0; a < d.size(); ++a) {
    const SlotPenalty& penalty = state.slots.penalty(order[a]);
    double& b = state.b[order[a]];
    b = std::clamp(b + t * d[a], penalty.lower, penalty.upper);
  }
}

// Gives free slots the signs of their values.
void LineSearch::sort_face(FaceState& state) {
  leaving_.clear();
  const std::vector<Index>& order = state.factor.order();
  for (std::size_t a = 0; a < order.size(); ++a) {
    if (state.at_end(order[a])) leaving_.push_back(static_cast<Index>(a));
    else state.set_free(order[a], 1.0);
  }
  state.leave(leaving_);
}

}  // namespace elltwo
