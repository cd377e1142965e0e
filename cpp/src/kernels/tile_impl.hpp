#pragma once

#include <algorithm>

#include "kernels/ahead.hpp"
#include "kernels/simd.hpp"

namespace elltwo {
namespace {

/// The register tile: Rows rows of C against Panels panels of Width columns.
/// c[i][j] += sum_k a(k, i) b(k, j); Rows * Panels accumulators stay in registers over k.
template <class T, int Width, int Rows, int Panels>
inline void tile(Index kc, const T* __restrict a, const T* __restrict b, Index panel_stride,
                 double* __restrict c, Index ldc, Ahead& ahead) {
  Vec<T, Width> acc[Rows][Panels];
#pragma GCC unroll 16
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
    for (int j = 0; j < Panels; ++j) {
      acc[i][j] = Vec<T, Width>{};
      __builtin_prefetch(c + i * ldc + j * Width, 1, 3);
    }
  }
  const Index skip = ahead.every - 1;
  for (Index k = 0; k < kc; ++k) {
    if ((k & skip) == 0) ahead.touch();
    __builtin_prefetch(a + (k + 16) * Width, 0, 3);
    Vec<T, Width> bk[Panels];
#pragma GCC unroll 4
    for (int j = 0; j < Panels; ++j)
      __builtin_prefetch(b + j * panel_stride + (k + 8) * Width, 0, 3);
#pragma GCC unroll 4
    for (int j = 0; j < Panels; ++j) bk[j] = load<T, Width>(b + j * panel_stride + k * Width);
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
      const T aki = a[k * Width + i];
#pragma GCC unroll 4
      for (int j = 0; j < Panels; ++j) acc[i][j] += aki * bk[j];
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
    for (int j = 0; j < Panels; ++j) {
      double* cij = c + i * ldc + j * Width;
      store<double, Width>(
          cij, load<double, Width>(cij) + __builtin_convertvector(acc[i][j], Vec<double, Width>));
    }
  }
}

/// All panels of b for a fixed number of rows, in groups of MaxPanels, then one by one.
template <class T, int Width, int Rows, int MaxPanels>
inline void tile_row(Index kc, const T* a, const T* b, Index n_panels, Index panel_stride,
                     double* c, Index ldc, Ahead& ahead) {
  Index j = 0;
  for (; j + MaxPanels <= n_panels; j += MaxPanels) {
    tile<T, Width, Rows, MaxPanels>(kc, a, b + j * panel_stride, panel_stride, c + j * Width, ldc,
                                    ahead);
  }
  if constexpr (MaxPanels > 2) {
    if (j + 2 <= n_panels) {
      tile<T, Width, Rows, 2>(kc, a, b + j * panel_stride, panel_stride, c + j * Width, ldc, ahead);
      j += 2;
    }
  }
  for (; j < n_panels; ++j) {
    tile<T, Width, Rows, 1>(kc, a, b + j * panel_stride, panel_stride, c + j * Width, ldc, ahead);
  }
}

/// `rows` columns of panel a: full register tiles first, then halves, so that the cost of a short
/// last panel is that of its columns and not of the padding.
template <class T, int Width, int Rows, int MaxPanels>
void tiles(Index kc, const T* a, Index rows, const T* b, Index n_panels, Index panel_stride,
           double* c, Index ldc, Ahead& ahead) {
  Index i = 0;
  for (; i + Rows <= rows; i += Rows) {
    tile_row<T, Width, Rows, MaxPanels>(kc, a + i, b, n_panels, panel_stride, c + i * ldc, ldc,
                                        ahead);
  }
  if constexpr (Rows > 1) {
    if (i < rows) {
      tiles<T, Width, Rows / 2, MaxPanels>(kc, a + i, rows - i, b, n_panels, panel_stride,
                                           c + i * ldc, ldc, ahead);
    }
  }
}

/// All tiles (i, j), i <= j, of Panels panels at once: each row of the block is read once, and all
/// Width Panels (Panels + 1) / 2 accumulators stay in registers.
template <class T, int Width, int Panels>
inline void triangle_of(Index kc, const T* __restrict packed, Index panel_stride,
                        double* __restrict c, Index ldc, Ahead& ahead) {
  Vec<T, Width> acc[Panels][Panels][Width] = {};
  for (Index k = 0; k < kc; ++k) {
    ahead.touch();  // a row of all panels is up to two lines of the source
    ahead.touch();
    Vec<T, Width> row[Panels];
#pragma GCC unroll 4
    for (int j = 0; j < Panels; ++j) row[j] = load<T, Width>(packed + j * panel_stride + k * Width);
#pragma GCC unroll 4
    for (int i = 0; i < Panels; ++i) {
#pragma GCC unroll 16
      for (int r = 0; r < Width; ++r) {
        const T a = packed[i * panel_stride + k * Width + r];
#pragma GCC unroll 4
        for (int j = i; j < Panels; ++j) acc[i][j][r] += a * row[j];
      }
    }
  }
  for (int i = 0; i < Panels; ++i) {
    for (int j = i; j < Panels; ++j) {
      for (int r = 0; r < Width; ++r) {
        double* cij = c + (i * Width + r) * ldc + j * Width;
        store<double, Width>(cij, load<double, Width>(cij) +
                                      __builtin_convertvector(acc[i][j][r], Vec<double, Width>));
      }
    }
  }
}

/// TriangleFn for up to MaxPanels panels.
template <class T, int Width, int MaxPanels>
void triangle(Index kc, const T* packed, Index n_panels, Index panel_stride, double* c, Index ldc,
              Ahead& ahead) {
  if (n_panels == MaxPanels) {
    triangle_of<T, Width, MaxPanels>(kc, packed, panel_stride, c, ldc, ahead);
  } else if constexpr (MaxPanels > 1) {
    triangle<T, Width, MaxPanels - 1>(kc, packed, n_panels, panel_stride, c, ldc, ahead);
  }
}

}  // namespace
}  // namespace elltwo
