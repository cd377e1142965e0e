#include "solvers/active_set/slope_prediction.hpp"

#include <cmath>

namespace elltwo {
namespace {

constexpr double entry_margin = 1.001;      // a slot that hardly enters may not do so
constexpr double longest_prediction = 0.8;  // of alpha, up to which a prediction serves

}  // namespace

void SlopePrediction::begin(const FaceState& state, double last_alpha,
                            std::vector<Index>& entering) {
  entering.clear();
  change_ = state.alpha - last_alpha;
  before_ = state.q;
  if (derivative_.size() != before_.size() || !(change_ < 0.0)) return;
  if (state.alpha < longest_prediction * last_alpha) return;
  for (Index s = 0; s < state.size(); ++s) {
    if (state.place[s] != Place::zero || state.left_out[s] != 0) continue;
    const SlotPenalty& penalty = state.slots.penalty(s);
    const double slope = predicted(state, s);
    if (!(std::abs(slope) > entry_margin * state.alpha * penalty.l1)) continue;
    if (slope > 0.0 ? penalty.upper > 0.0 : penalty.lower < 0.0) entering.push_back(s);
  }
}

void SlopePrediction::end(const FaceState& state) {
  if (!(change_ < 0.0)) {
    forget();
    return;
  }
  derivative_.resize(before_.size());
  for (std::size_t s = 0; s < before_.size(); ++s) {
    derivative_[s] = (state.q[s] - before_[s]) / change_;
  }
}

}  // namespace elltwo
