#include "solvers/active_set/exchange.hpp"

#include <cmath>
#include <vector>

#include "parallel/interruption.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr double null_solution = 1e-12;  // relative accuracy of z
constexpr double least_part = 1e-13;     // of z_a, in units of columns of equal length

/// The line b_s += direction t, b_A -= direction t z, and the first end of an interval on it.
struct NullLine {
  double direction = 1.0;
  double length = infinity;
  Index position = -1;  // in the factor; -1 for s itself
};

NullLine first_end(const FaceState& state, Index s, const std::vector<double>& z,
                   double direction) {
  NullLine line{.direction = direction};
  line.length = direction > 0.0 ? state.high[s] - state.b[s] : state.b[s] - state.low[s];
  const double own = std::sqrt(state.slots.gram(s, s));
  const std::vector<Index>& order = state.factor.order();
  for (std::size_t a = 0; a < order.size(); ++a) {
    const Index i = order[a];
    const double step = -direction * z[a];
    if (!(std::abs(step) * std::sqrt(state.slots.gram(i, i)) > least_part * own)) continue;
    const double room = step > 0.0 ? state.high[i] - state.b[i] : state.b[i] - state.low[i];
    const double length = room / std::abs(step);
    if (length < line.length) {
      line.length = length;
      line.position = static_cast<Index>(a);
    }
  }
  return line;
}

void move_along(FaceState& state, Index s, const std::vector<double>& z, const NullLine& line) {
  const double t = line.direction * line.length;
  const std::vector<Index>& order = state.factor.order();
  for (std::size_t a = 0; a < order.size(); ++a) {
    const Index i = order[a];
    state.b[i] = std::fmin(std::fmax(state.b[i] - t * z[a], state.low[i]), state.high[i]);
  }
  state.b[s] = std::fmin(std::fmax(state.b[s] + t, state.low[s]), state.high[s]);
}

/// The end towards which the slot at a position of the factor moves along the line.
double end_of(const FaceState& state, Index i, double step) {
  return step > 0.0 ? state.high[i] : state.low[i];
}

/// Nothing keeps s: it is not penalised, nor are those on which it depends.
void leave_out(FaceState& state, Index s, const std::vector<double>& z) {
  NullLine line{.direction = state.b[s] > 0.0 ? -1.0 : 1.0, .length = std::abs(state.b[s])};
  move_along(state, s, z, line);
  state.b[s] = 0.0;
  state.place[s] = Place::zero;
  state.left_out[s] = 1;
}

}  // namespace

bool exchange(FaceState& state, Index s) {
  std::vector<double> z;
  for (;;) {
    check(state.monitor);
    const std::vector<Index>& order = state.factor.order();
    z.resize(order.size());
    for (std::size_t a = 0; a < order.size(); ++a) z[a] = state.slots.gram(order[a], s);
    state.factor.solve(state.alpha, null_solution, z.data());
    double slope = state.gradient(s);
    for (std::size_t a = 0; a < order.size(); ++a) slope -= z[a] * state.gradient(order[a]);
    const double direction = slope > 0.0 ? 1.0 : -1.0;
    if (direction > 0.0 ? state.b[s] >= state.high[s] : state.b[s] <= state.low[s]) {
      state.set_fixed(s);
      return false;
    }
    const NullLine line = first_end(state, s, z, direction);
    if (std::isinf(line.length)) {
      leave_out(state, s, z);
      state.refresh();
      return false;
    }
    move_along(state, s, z, line);
    if (line.position < 0) {
      state.b[s] = direction > 0.0 ? state.high[s] : state.low[s];
      state.set_fixed(s);
      state.refresh();
      return false;
    }
    const Index left = order[line.position];
    state.b[left] = end_of(state, left, -direction * z[line.position]);
    state.leave({line.position});
    const bool entered = state.factor.append({&s, 1}) == 1;
    state.refresh();
    if (entered) return true;
  }
}

}  // namespace elltwo
