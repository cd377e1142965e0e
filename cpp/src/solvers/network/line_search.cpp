#include "solvers/network/line_search.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo::network {
namespace {

constexpr double sufficient = 1e-4;  // share of the decrease that the slope promises
constexpr double flatter = 0.9;      // share of the slope that may be left
constexpr int most_tried = 20;
constexpr double narrowest = 1e-12;  // of a bracket relative to its right end

/// The minimum of the cubic with the values and slopes of two points; their middle if it has none.
double cubic_minimum(const LinePoint& a, const LinePoint& b) {
  const double width = b.step - a.step;
  const double d = a.slope + b.slope - 3.0 * (b.value - a.value) / width;
  const double root = d * d - a.slope * b.slope;
  if (!(root >= 0.0)) return a.step + 0.5 * width;
  const double r = std::copysign(std::sqrt(root), width);
  const double below = b.slope - a.slope + 2.0 * r;
  const double at = b.step - width * (b.slope + r - d) / below;
  return std::isfinite(at) ? at : a.step + 0.5 * width;
}

}  // namespace

LineSearch::Outcome LineSearch::take(double value, double slope) {
  ++n_tried_;
  const LinePoint point{step_, value, slope};
  const bool finite = std::isfinite(value) && std::isfinite(slope);
  const bool falls = value <= start_.value + sufficient * step_ * start_.slope;
  const bool flat = value <= start_.value + noise_ * std::abs(start_.value) &&
                    slope <= (2.0 * sufficient - 1.0) * start_.slope;
  if (!finite || !(falls || flat)) {
    high_ = point;
    bracketed_ = true;
    high_is_finite_ = finite;
  } else if (std::abs(slope) <= -flatter * start_.slope) {
    return Outcome::accepted;
  } else if (slope >= 0.0) {
    high_ = point;
    bracketed_ = high_is_finite_ = true;
  } else {
    low_ = point;
  }
  return propose();
}

LineSearch::Outcome LineSearch::propose() {
  if (n_tried_ >= most_tried) return Outcome::failed;
  if (!bracketed_) {
    step_ *= 4.0;
    return Outcome::go_on;
  }
  const double width = high_.step - low_.step;
  if (width <= narrowest * high_.step) return Outcome::failed;
  step_ = std::clamp(interpolated(), low_.step + 0.1 * width, high_.step - 0.1 * width);
  return Outcome::go_on;
}

double LineSearch::interpolated() const {
  return high_is_finite_ ? cubic_minimum(low_, high_) : low_.step + 0.1 * (high_.step - low_.step);
}

}  // namespace elltwo::network
