#pragma once

#include <limits>

#include "gram/running_sums.hpp"

namespace elltwo {

inline constexpr double unit_roundoff = std::numeric_limits<double>::epsilon() / 2;

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
