#pragma once

#include "kernels/simd.hpp"

namespace elltwo {
namespace {

/// Rows x Vectors recurrences side by side, so that one computes while another waits.
template <int Width, int Rows, int Vectors>
inline void inverse_form_tile(Index m, const double* lower, const double* inverse, Index ld,
                              const double* z, Index ld_z, double* out, Index ld_out) {
  Vec<double, Width> u[Rows][Vectors] = {};
  Vec<double, Width> sum[Rows][Vectors] = {};
  Vec<double, Width> l[Vectors] = {};
  for (Index k = 0; k < m; ++k) {
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; ++v) {
      const auto d = load<double, Width>(inverse + k * ld + v * Width);
#pragma GCC unroll 4
      for (int r = 0; r < Rows; ++r) {
        u[r][v] = z[r * ld_z + k] - l[v] * u[r][v];
        sum[r][v] += u[r][v] * u[r][v] * d;
      }
      l[v] = load<double, Width>(lower + k * ld + v * Width);
    }
  }
  for (int r = 0; r < Rows; ++r) {
    for (int v = 0; v < Vectors; ++v) {
      store<double, Width>(out + r * ld_out + v * Width, sum[r][v]);
    }
  }
}

/// InverseFormsFn.
template <int Width, int Rows>
void inverse_forms(Index m, const double* lower, const double* inverse, Index ld, Index n_rows,
                   const double* z, Index ld_z, double* out, Index ld_out) {
  for (Index a = 0; a < ld; a += 2 * Width) {
    Index r = 0;
    for (; r + Rows <= n_rows; r += Rows) {
      inverse_form_tile<Width, Rows, 2>(m, lower + a, inverse + a, ld, z + r * ld_z, ld_z,
                                        out + r * ld_out + a, ld_out);
    }
    for (; r < n_rows; ++r) {
      inverse_form_tile<Width, 1, 2>(m, lower + a, inverse + a, ld, z + r * ld_z, ld_z,
                                     out + r * ld_out + a, ld_out);
    }
  }
}

/// ColumnDotsFn.
template <int Width>
void column_dots(Index n_rows, const double* a, const double* b, Index ld, double* out) {
  for (Index i = 0; i < ld; i += Width) {
    auto even = load<double, Width>(out + i);
    Vec<double, Width> odd{};
    Index r = 0;
    for (; r + 2 <= n_rows; r += 2) {
      even += load<double, Width>(a + r * ld + i) * load<double, Width>(b + r * ld + i);
      odd += load<double, Width>(a + (r + 1) * ld + i) * load<double, Width>(b + (r + 1) * ld + i);
    }
    if (r < n_rows)
      even += load<double, Width>(a + r * ld + i) * load<double, Width>(b + r * ld + i);
    store<double, Width>(out + i, even + odd);
  }
}

}  // namespace
}  // namespace elltwo
