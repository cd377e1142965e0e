#pragma once

#include "elltwo/views.hpp"

namespace elltwo {

/// f(0) + ... + f(n - 1), each called once and in order. Four sums do not wait for each other.
template <class F>
double sum_over(Index n, F f) {
  double sums[4] = {};
  Index i = 0;
  for (; i + 4 <= n; i += 4) {
    for (Index l = 0; l < 4; ++l) sums[l] += f(i + l);
  }
  for (; i < n; ++i) sums[0] += f(i);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace elltwo
