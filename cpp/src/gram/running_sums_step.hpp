#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "gram/running_sums.hpp"

namespace elltwo {

inline constexpr double unit_roundoff = std::numeric_limits<double>::epsilon() / 2;

/// The exponent of x; 0 where x is zero or not finite.
inline int exponent_of(double x) { return x > 0.0 && std::isfinite(x) ? std::ilogb(x) : 0; }

/// The exponent by which a unit is to change for `size`, in that unit, to come near one, as far as
/// the unit stays within the range of double.
inline int unit_change(double unit, double size) {
  constexpr int largest = std::numeric_limits<double>::max_exponent - 1;
  const int own = exponent_of(unit);
  return std::clamp(-exponent_of(size), 1 - largest - own, largest - own);
}

/// The result of merging or removing rows, before the sums of products are changed.
struct RunningSums::Step {
  RowsInSum rows;
  double factor = 0.0;  ///< of the outer product of `distance` in the change of the products
  std::vector<double> distance;  ///< difference of the means of the two sets of rows
};

// high + low += sign (A + factor d d^T) with row i of A at row_of(i), null for zeros, by two-sums
// (Knuth 1969; Ogita, Rump and Oishi 2005, algorithm 4.1).
template <class RowOf>
void RunningSums::accumulate(const Step& step, double sign, RowOf row_of) {
  make_low();
  const double* d = step.distance.data();
  const Index n = cols(), ld = high_.ld();
  for (Index i = 0; i < n; ++i) {
    const double* added = row_of(i);
    const double times = sign * step.factor * d[i];
    const Index end = i < n_features_ ? n : i + 1;
    double* high = high_.data() + i * ld;
    double* low = low_.data() + i * ld;
    const auto add = [&](Index j, double x) {
      const double sum = high[j] + x, part = sum - high[j];
      low[j] += (high[j] - (sum - part)) + (x - part);
      high[j] = sum;
    };
    if (added == nullptr) {
      for (Index j = i; j < end; ++j) add(j, times * d[j]);
    } else {
      for (Index j = i; j < end; ++j) add(j, sign * added[j] + times * d[j]);
    }
  }
}

}  // namespace elltwo
