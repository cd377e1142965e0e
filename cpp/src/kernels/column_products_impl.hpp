#pragma once

#include <cstring>

#include "kernels/simd.hpp"
#include "kernels/stream_impl.hpp"

namespace elltwo {
namespace {

/// `count` values of a column in double, less its shift. The others are zero.
template <class T, int Width>
inline Vec<double, Width> shifted_tail(const T* x, Index count, double shift) {
  double values[Width] = {};
  for (Index i = 0; i < count; ++i) values[i] = static_cast<double>(x[i]) - shift;
  return load<double, Width>(values);
}

/// Inner products of Cols columns with Sides vectors, all of which stay in registers. The lines of
/// the next Cols columns are prefetched.
template <class T, int Width, int Cols, int Sides>
inline void product_tile(Index n, const T* x, Index ld_x, const double* shift, const double* v,
                         Index ld_v, double* out, Index ld_out) {
  Vec<double, Width> acc[Sides][Cols];
#pragma GCC unroll 8
  for (int t = 0; t < Sides; ++t) {
#pragma GCC unroll 8
    for (int c = 0; c < Cols; ++c) acc[t][c] = Vec<double, Width>{};
  }
  Index i = 0;
  for (; i + Width <= n; i += Width) {
    Vec<double, Width> xi[Cols];
#pragma GCC unroll 8
    for (int c = 0; c < Cols; ++c) {
      __builtin_prefetch(x + (c + Cols) * ld_x + i);
      xi[c] = __builtin_convertvector((load<T, Width>(x + c * ld_x + i)), Vec<double, Width>) -
              shift[c];
    }
#pragma GCC unroll 8
    for (int t = 0; t < Sides; ++t) {
      const auto vi = load<double, Width>(v + t * ld_v + i);
#pragma GCC unroll 8
      for (int c = 0; c < Cols; ++c) acc[t][c] += xi[c] * vi;
    }
  }
  if (i < n) {
    for (int c = 0; c < Cols; ++c) {
      const auto xi = shifted_tail<T, Width>(x + c * ld_x + i, n - i, shift[c]);
      for (int t = 0; t < Sides; ++t) acc[t][c] += xi * load<double, Width>(v + t * ld_v + i);
    }
  }
#pragma GCC unroll 8
  for (int t = 0; t < Sides; ++t) {
    Vec<double, Width> parts[Width] = {};
    double sums[Width];
#pragma GCC unroll 8
    for (int c = 0; c < Cols; ++c) parts[c] = acc[t][c];
    store_sums<double, Width>(parts, sums);
    for (int c = 0; c < Cols; ++c) out[t * ld_out + c] += sums[c];
  }
}

/// ColumnProductsFn with tiles of Cols columns and up to Most vectors.
template <class T, int Width, int Cols, int Most>
void column_products(Index n, const T* x, Index ld_x, Index n_columns, const double* shift,
                     const double* v, Index ld_v, Index m, double* out, Index ld_out) {
  for_even_groups<Most>(m, [&](Index t, auto sides) {
    constexpr int count = decltype(sides)::value;
    const double* vt = v + t * ld_v;
    double* to = out + t * ld_out;
    Index j = 0;
    for (; j + Cols <= n_columns; j += Cols) {
      product_tile<T, Width, Cols, count>(n, x + j * ld_x, ld_x, shift + j, vt, ld_v, to + j,
                                          ld_out);
    }
    for (; j < n_columns; ++j) {
      product_tile<T, Width, 1, count>(n, x + j * ld_x, ld_x, shift + j, vt, ld_v, to + j, ld_out);
    }
  });
}

/// Rows vectors of rows of a combination of columns, for Sides combinations.
template <int Width, int Rows, int Sides>
inline void combination_tile(const double* x, Index ld_x, Index n_places, const Index* places,
                             const double* coef, Index ld_coef, double* out, Index ld_out) {
  Vec<double, Width> acc[Sides][Rows];
#pragma GCC unroll 8
  for (int t = 0; t < Sides; ++t) {
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) acc[t][i] = load<double, Width>(out + t * ld_out + i * Width);
  }
  for (Index c = 0; c < n_places; ++c) {
    const double* column = x + places[c] * ld_x;
    Vec<double, Width> xc[Rows];
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) {
      __builtin_prefetch(column + (Rows + i) * Width);
      xc[i] = load<double, Width>(column + i * Width);
    }
#pragma GCC unroll 8
    for (int t = 0; t < Sides; ++t) {
      const double b = coef[t * ld_coef + c];
#pragma GCC unroll 8
      for (int i = 0; i < Rows; ++i) acc[t][i] += b * xc[i];
    }
  }
#pragma GCC unroll 8
  for (int t = 0; t < Sides; ++t) {
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) store<double, Width>(out + t * ld_out + i * Width, acc[t][i]);
  }
}

/// ColumnCombinationFn with tiles of Rows vectors and up to Most combinations.
template <int Width, int Rows, int Most>
void column_combination(Index n, const double* x, Index ld_x, Index n_places, const Index* places,
                        const double* coef, Index ld_coef, Index m, double* out, Index ld_out) {
  for_even_groups<Most>(m, [&](Index t, auto sides) {
    constexpr int count = decltype(sides)::value;
    const double* bt = coef + t * ld_coef;
    double* to = out + t * ld_out;
    Index i = 0;
    for (; i + Rows * Width <= n; i += Rows * Width) {
      combination_tile<Width, Rows, count>(x + i, ld_x, n_places, places, bt, ld_coef, to + i,
                                           ld_out);
    }
    for (; i < n; i += Width) {
      combination_tile<Width, 1, count>(x + i, ld_x, n_places, places, bt, ld_coef, to + i, ld_out);
    }
  });
}

/// out += a combination of Cols columns, which are read as streams.
template <int Width, int Cols>
inline void add_streams(Index n, const double* const* x, const double* coef, double* out) {
  Index i = 0;
  for (; i + Width <= n; i += Width) {
    auto sum = load<double, Width>(out + i);
#pragma GCC unroll 8
    for (int c = 0; c < Cols; ++c) sum += coef[c] * load<double, Width>(x[c] + i);
    store<double, Width>(out + i, sum);
  }
  for (; i < n; ++i) {
    for (int c = 0; c < Cols; ++c) out[i] += coef[c] * x[c][i];
  }
}

/// AddColumnsFn with Cols columns at a time.
template <int Width, int Cols>
void add_columns(Index n, const double* x, Index ld_x, Index n_places, const Index* places,
                 const double* coef, double* out) {
  const double* streams[Cols];
  Index c = 0;
  for (; c + Cols <= n_places; c += Cols) {
    for (int k = 0; k < Cols; ++k) streams[k] = x + places[c + k] * ld_x;
    add_streams<Width, Cols>(n, streams, coef + c, out);
  }
  for (; c < n_places; ++c) {
    streams[0] = x + places[c] * ld_x;
    add_streams<Width, 1>(n, streams, coef + c, out);
  }
}

}  // namespace
}  // namespace elltwo
