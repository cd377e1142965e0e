#include "solvers/active_set/face_descent.hpp"

#include <cmath>

#include "parallel/interruption.hpp"

namespace elltwo {

namespace {

constexpr double last_digits = 0x1p-51;  // of a coefficient that comes to an end of its interval

}  // namespace

int FaceDescent::run(FaceState& state, double tolerance) {
  int searches = 0;
  const int most_steps = 200 + 4 * static_cast<int>(state.size());  // against cycles of rounding
  for (int step = 0; step < most_steps; ++step) {
    check(state.monitor);
    find_direction(state, tolerance);
    step_to_ends(state);
    if (leaving_.empty()) {
      state.refresh();
      return searches;
    }
    update_slopes(state);
    if (!risen(state)) {
      state.leave(leaving_);
      continue;
    }
    step_back(state);
    find_wrong_signs(state);
    if (!wrong_.empty()) {
      state.leave(wrong_);
      continue;
    }
    ++searches;
    if (!line_search_.run(state, direction_, gradient_)) {
      step_to_ends(state);
      state.leave(leaving_);
    }
    state.refresh();
  }
  return searches;
}

void FaceDescent::find_direction(FaceState& state, double tolerance) {
  state.gradient(gradient_);
  direction_ = gradient_;
  state.factor.solve(state.alpha, tolerance, direction_.data());
}

void FaceDescent::step_to_ends(FaceState& state) {
  const std::vector<Index>& order = state.factor.order();
  leaving_.clear();
  old_b_.resize(order.size());
  for (std::size_t a = 0; a < order.size(); ++a) {
    const Index s = order[a];
    old_b_[a] = state.b[s];
    double moved = state.b[s] + direction_[a];
    const double rounding = last_digits * std::abs(state.b[s]);
    if (moved <= state.low[s] + rounding || moved >= state.high[s] - rounding) {
      moved = moved <= state.low[s] + rounding ? state.low[s] : state.high[s];
      leaving_.push_back(static_cast<Index>(a));
    }
    state.b[s] = moved;
  }
}

// q_A after the step, without the columns of G that did not stop at ends: as K d is the gradient,
// G_AA (d - e) = g - alpha l2 d - G_AL e_L for the parts e_L that the leaving slots L did not go.
void FaceDescent::update_slopes(FaceState& state) {
  const std::vector<Index>& order = state.factor.order();
  old_q_.resize(order.size());
  for (std::size_t a = 0; a < order.size(); ++a) {
    const Index s = order[a];
    old_q_[a] = state.q[s];
    state.q[s] -= gradient_[a] - state.alpha * state.slots.penalty(s).l2 * direction_[a];
  }
  for (const Index left : leaving_) {
    const double rest = old_b_[left] + direction_[left] - state.b[order[left]];
    const double* column = state.slots.gram(order[left]);
    for (const Index s : order) state.q[s] += rest * column[s];
  }
}

void FaceDescent::step_back(FaceState& state) const {
  const std::vector<Index>& order = state.factor.order();
  for (std::size_t a = 0; a < order.size(); ++a) {
    state.b[order[a]] = old_b_[a];
    state.q[order[a]] = old_q_[a];
  }
}

// Whether P has risen since old_b_ and old_q_, beyond rounding.
bool FaceDescent::risen(const FaceState& state) const {
  constexpr double rounding = 1e-13;
  const std::vector<Index>& order = state.factor.order();
  double change = 0.0;
  double size = 0.0;
  for (std::size_t a = 0; a < order.size(); ++a) {
    const Index s = order[a];
    const SlotPenalty& penalty = state.slots.penalty(s);
    const double step = state.b[s] - old_b_[a];
    const double loss = -0.5 * (old_q_[a] + state.q[s]) * step;
    const double l1 = state.alpha * penalty.l1 * (std::abs(state.b[s]) - std::abs(old_b_[a]));
    const double l2 = state.alpha * penalty.l2 * 0.5 * step * (state.b[s] + old_b_[a]);
    change += loss + l1 + l2;
    size += std::abs(loss) + std::abs(l1) + std::abs(l2);
  }
  return change > rounding * size;
}

// The leaving slots that are at their ends already and would not move into their intervals.
void FaceDescent::find_wrong_signs(const FaceState& state) {
  wrong_.clear();
  for (const Index a : leaving_) {
    const Index s = state.factor.order()[a];
    if (state.b[s] == (direction_[a] < 0.0 ? state.low[s] : state.high[s])) wrong_.push_back(a);
  }
}

}  // namespace elltwo
