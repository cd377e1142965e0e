#pragma once

#include "kernels/simd.hpp"

namespace elltwo {
namespace {

/// ColumnsFn.
template <int Width>
void column_sums(Index kc, const double* packed, Index n_panels, Index panel_stride,
                 const double* weight, double* sum, double* squares, double* largest) {
  for (Index p = 0; p < n_panels; ++p) {
    auto s = load<double, Width>(sum + p * Width);
    auto q = load<double, Width>(squares + p * Width);
    auto m = load<double, Width>(largest + p * Width);
    const double* rows = packed + p * panel_stride;
    for (Index k = 0; k < kc; ++k) {
      const auto x = load<double, Width>(rows + k * Width);
      const auto size = x < 0.0 ? -x : x;
      const auto wx = weight != nullptr ? weight[k] * x : x;
      s += wx;
      q += wx * x;
      m = size > m ? size : m;
    }
    store<double, Width>(sum + p * Width, s);
    store<double, Width>(squares + p * Width, q);
    store<double, Width>(largest + p * Width, m);
  }
}

}  // namespace
}  // namespace elltwo
