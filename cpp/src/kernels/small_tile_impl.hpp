#pragma once

#include "kernels/ahead.hpp"
#include "kernels/simd.hpp"
#include "kernels/small_shapes.hpp"

namespace elltwo {
namespace {

/// c[i * ldc + .] += sum_k a(k, i) b(k, .) for Rows columns of a, with a(k, i) at a[k * ak + i *
/// ai].
template <int Width, int Rows, int Panels>
inline void small_tile(Index kc, const double* __restrict a, Index ak, Index ai,
                       const double* __restrict b, Index ldb, double* __restrict c, Index ldc,
                       Ahead& ahead) {
  Vec<double, Width> acc[Rows][Panels] = {};
  for (Index k = 0; k < kc; ++k) {
    ahead.touch();
    Vec<double, Width> bk[Panels];
#pragma GCC unroll 4
    for (int j = 0; j < Panels; ++j) bk[j] = load<double, Width>(b + k * ldb + j * Width);
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
      const double aki = a[k * ak + i * ai];
#pragma GCC unroll 4
      for (int j = 0; j < Panels; ++j) acc[i][j] += aki * bk[j];
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
    for (int j = 0; j < Panels; ++j) {
      double* cij = c + i * ldc + j * Width;
      store<double, Width>(cij, load<double, Width>(cij) + acc[i][j]);
    }
  }
}

/// The same for any number of rows and panels.
template <int Width, int Rows, int MaxPanels>
void small_tiles(Index kc, const double* a, Index rows, Index ak, Index ai, const double* b,
                 Index panels, Index ldb, double* c, Index ldc, Ahead& ahead) {
  Index i = 0;
  for (; i + Rows <= rows; i += Rows) {
    Index j = 0;
    for (; j + MaxPanels <= panels; j += MaxPanels) {
      small_tile<Width, Rows, MaxPanels>(kc, a + i * ai, ak, ai, b + j * Width, ldb,
                                         c + i * ldc + j * Width, ldc, ahead);
    }
    if constexpr (MaxPanels > 2) {
      for (; j + 2 <= panels; j += 2) {
        small_tile<Width, Rows, 2>(kc, a + i * ai, ak, ai, b + j * Width, ldb,
                                   c + i * ldc + j * Width, ldc, ahead);
      }
    }
    for (; j < panels; ++j) {
      small_tile<Width, Rows, 1>(kc, a + i * ai, ak, ai, b + j * Width, ldb,
                                 c + i * ldc + j * Width, ldc, ahead);
    }
  }
  if constexpr (Rows > 1) {
    if (i < rows) {
      small_tiles<Width, Rows / 2, MaxPanels>(kc, a + i * ai, rows - i, ak, ai, b, panels, ldb,
                                              c + i * ldc, ldc, ahead);
    }
  }
}

/// One row of a, the sums of four rows of b at a time.
template <int Width, int Panels>
inline void small_row(Index kc, const double* __restrict a, const double* __restrict b, Index ldb,
                      double* __restrict c) {
  Vec<double, Width> acc[4][Panels] = {};
  const auto add = [&](Index k, int at) {
#pragma GCC unroll 4
    for (int j = 0; j < Panels; ++j)
      acc[at][j] += a[k] * load<double, Width>(b + k * ldb + j * Width);
  };
  Index k = 0;
  for (; k + 4 <= kc; k += 4) {
#pragma GCC unroll 4
    for (int at = 0; at < 4; ++at) add(k + at, at);
  }
  for (; k < kc; ++k) add(k, 0);
#pragma GCC unroll 4
  for (int j = 0; j < Panels; ++j) {
    const auto sum = (acc[0][j] + acc[1][j]) + (acc[2][j] + acc[3][j]);
    store<double, Width>(c + j * Width, load<double, Width>(c + j * Width) + sum);
  }
}

/// The whole triangle and the row of one target at once, for Panels panels with Left columns in the
/// last.
template <int Width, int Panels, int Left>
void small_triangle(Index kc, const double* __restrict x, const double* __restrict y,
                    double* __restrict c, Ahead& ahead) {
  constexpr int p = Width * (Panels - 1) + Left;
  Vec<double, Width> acc[p + 1][Panels] = {};
  for (Index k = 0; k < kc; ++k) {
    ahead.touch();
    const double* xk = x + k * Panels * Width;
    Vec<double, Width> row[Panels];
#pragma GCC unroll 4
    for (int v = 0; v < Panels; ++v) row[v] = load<double, Width>(xk + v * Width);
#pragma GCC unroll 16
    for (int i = 0; i < p; ++i) {
#pragma GCC unroll 4
      for (int v = 0; v <= i / Width; ++v) acc[i][v] += xk[i] * row[v];
    }
#pragma GCC unroll 4
    for (int v = 0; v < Panels; ++v) acc[p][v] += y[k] * row[v];
  }
#pragma GCC unroll 16
  for (int i = 0; i <= p; ++i) {
    double* ci = c + padded_row(i, Width);
    if (i == p) ci = c + SmallLayout{p, 1, Width}.target(0);
#pragma GCC unroll 4
    for (int v = 0; v < Panels && v <= i / Width; ++v) {
      store<double, Width>(ci + v * Width, load<double, Width>(ci + v * Width) + acc[i][v]);
    }
  }
}

/// small_triangle for p columns in at most MaxPanels panels.
template <int Width, int Panels, int Left>
void small_triangles(Index p, Index kc, const double* x, const double* y, double* c, Ahead& ahead) {
  if (p == Width * (Panels - 1) + Left) small_triangle<Width, Panels, Left>(kc, x, y, c, ahead);
  else if constexpr (Left > 1) small_triangles<Width, Panels, Left - 1>(p, kc, x, y, c, ahead);
  else if constexpr (Panels > 1) small_triangles<Width, Panels - 1, Width>(p, kc, x, y, c, ahead);
}

}  // namespace
}  // namespace elltwo
