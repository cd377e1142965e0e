#include "solvers/shared/box.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "solvers/shared/ranges.hpp"
#include "solvers/shared/validate.hpp"

namespace elltwo {
namespace {

[[noreturn]] void refuse_bound(const std::string& what, Index j) {
  throw std::invalid_argument(what + " at feature " + std::to_string(j));
}

}  // namespace

double lower_of(const Box& box, Index j) { return box.lower.empty() ? -infinity : box.lower[j]; }

double upper_of(const Box& box, Index j) { return box.upper.empty() ? infinity : box.upper[j]; }

double clipped(const Box& box, Index j, double value) {
  return std::min(std::max(value, lower_of(box, j)), upper_of(box, j));
}

bool is_unbounded(const Box& box) {
  const auto infinite = [](double bound) { return std::isinf(bound); };
  return std::all_of(box.lower.begin(), box.lower.end(), infinite) &&
         std::all_of(box.upper.begin(), box.upper.end(), infinite);
}

void require_box(const Box& box, Index p) {
  for (const auto& side : {box.lower, box.upper}) {
    if (side.empty() || static_cast<Index>(side.size()) == p) continue;
    throw std::invalid_argument("bounds must have " + std::to_string(p) + " values a side, got " +
                                std::to_string(side.size()));
  }
  for (Index j = 0; j < p; ++j) {
    const double lower = lower_of(box, j), upper = upper_of(box, j);
    if (std::isnan(lower) || std::isnan(upper)) refuse_bound("bounds must not be NaN, got NaN", j);
    if (lower > upper) {
      refuse_bound("bounds must have lower <= upper, got " + show(lower) + " and " + show(upper),
                   j);
    }
    if (lower == infinity || upper == -infinity) {
      refuse_bound("bounds must leave finite values between them, got " + show(lower) + " and " +
                       show(upper),
                   j);
    }
  }
}

void require_inside(const Box& box, Index j, double prior_mean) {
  if (clipped(box, j, prior_mean) == prior_mean) return;
  refuse_bound("bounds must hold the prior mean of a coefficient with an infinite penalty, got " +
                   show(lower_of(box, j)) + " and " + show(upper_of(box, j)) +
                   " around a prior_mean of " + show(prior_mean),
               j);
}

}  // namespace elltwo
