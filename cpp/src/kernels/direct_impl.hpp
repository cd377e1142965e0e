#pragma once

#include "kernels/direct.hpp"
#include "kernels/simd.hpp"
#include "kernels/stream_impl.hpp"

#define ELLTWO_UNROLL _Pragma("GCC unroll 16")

namespace elltwo::direct {
namespace {

template <int Width>
using V = Vec<double, Width>;

/// `count` values in double; the others are zero.
template <class T, int Width>
inline V<Width> some_values(const T* x, Index count) {
  if (count >= Width) return __builtin_convertvector((load<T, Width>(x)), V<Width>);
  double values[Width] = {};
  for (Index i = 0; i < count; ++i) values[i] = static_cast<double>(x[i]);
  return load<double, Width>(values);
}

constexpr Index rows_ahead = 20;  // which are prefetched, and may be those of the next problem

/// Vectors vectors of every row, whose sums stay in registers while rows are read from end to end.
template <class T, int Width, int Vectors>
inline void take_columns(Index s, Index count, const T* x, Index row_stride, double share,
                         double* m, Index ld, double* mean) {
  V<Width> sum[Vectors] = {};
  for (Index r = 0; r < s; ++r) {
    ELLTWO_UNROLL for (int k = 0; k < Vectors; ++k) {
      if (k * Width * sizeof(T) % 64 == 0) {
        __builtin_prefetch(x + (r + rows_ahead) * row_stride + k * Width);
      }
      const auto v = some_values<T, Width>(x + r * row_stride + k * Width, count - k * Width);
      sum[k] += v;
      store<double, Width>(m + r * ld + k * Width, v);
    }
  }
  ELLTWO_UNROLL for (int k = 0; k < Vectors; ++k) {
    sum[k] *= share;
    store<double, Width>(mean + k * Width, sum[k]);
  }
  for (Index r = 0; share != 0.0 && r < s; ++r) {
    ELLTWO_UNROLL for (int k = 0; k < Vectors; ++k) {
      double* to = m + r * ld + k * Width;
      store<double, Width>(to, load<double, Width>(to) - sum[k]);
    }
  }
}

template <class T, int Width>
void take(Index s, Index l, const T* x, Index row_stride, double share, double* m, Index ld,
          double* mean) {
  constexpr int vectors = 8;
  Index c = 0;
  for (; c + vectors * Width <= l; c += vectors * Width) {
    take_columns<T, Width, vectors>(s, vectors * Width, x + c, row_stride, share, m + c, ld,
                                    mean + c);
  }
  for (; c < ld; c += Width) {
    take_columns<T, Width, 1>(s, l - c, x + c, row_stride, share, m + c, ld, mean + c);
  }
}

/// Inner products of Rows rows with Cols rows, all of which stay in registers.
template <int Width, int Rows, int Cols>
inline void gram_tile(const double* a, const double* b, Index ld, double* out, Index ld_out) {
  V<Width> acc[Rows * Cols + Width - 1] = {};  // whose last may be zeros that fill a set of Width
  for (Index k = 0; k < ld; k += Width) {
    V<Width> bk[Cols];
    ELLTWO_UNROLL for (int c = 0; c < Cols; ++c) bk[c] = load<double, Width>(b + c * ld + k);
    ELLTWO_UNROLL for (int r = 0; r < Rows; ++r) {
      const auto ak = load<double, Width>(a + r * ld + k);
      ELLTWO_UNROLL for (int c = 0; c < Cols; ++c) acc[r * Cols + c] += ak * bk[c];
    }
  }
  ELLTWO_UNROLL for (int first = 0; first < Rows * Cols; first += Width) {
    V<Width> parts[Width];
    double sums[Width];
    ELLTWO_UNROLL for (int i = 0; i < Width; ++i) parts[i] = acc[first + i];
    store_sums<double, Width>(parts, sums);
    const int count = Rows * Cols - first < Width ? Rows * Cols - first : Width;
    for (int i = 0; i < count; ++i) {
      out[(first + i) / Cols * ld_out + (first + i) % Cols] = sums[i];
    }
  }
}

template <int Width>
void gram(Index s, const double* m, Index ld, double* out, Index ld_out) {
  constexpr int most = Width > 4 ? 4 : 3;
  for_even_groups<most>(s, [&](Index r, auto rows) {
    for_even_groups<most>(s - r, [&](Index c, auto cols) {
      gram_tile<Width, decltype(rows)::value, decltype(cols)::value>(
          m + r * ld, m + (r + c) * ld, ld, out + r * ld_out + r + c, ld_out);
    });
  });
}

// Each row of U is subtracted from the rows below at once, in whole vectors, the first of which may
// begin left of the diagonal, where nothing is read.
template <int Width>
bool factor(Index s, double* a, Index ld, const double* floors) {
  for (Index j = 0; j < s; ++j) {
    double* row = a + j * ld;
    if (!(row[j] >= floors[j])) return false;
    const double reciprocal = 1.0 / row[j];
    for (Index i = j + 1; i < s; ++i) {
      const double times = row[i] * reciprocal;
      double* below = a + i * ld;
      for (Index k = i / Width * Width; k < s; k += Width) {
        store<double, Width>(below + k,
                             load<double, Width>(below + k) - times * load<double, Width>(row + k));
      }
    }
    row[j] = reciprocal;
  }
  return true;
}

constexpr int abreast = 4;  // unknowns that are solved together

/// acc -= U_ji w_j for the unknowns i of a set and all j before it.
template <int Width>
inline void forward_set(Index s, Index first, const double* factor, Index ld, double* z,
                        Index ld_z) {
  V<Width> acc[abreast];
  ELLTWO_UNROLL for (int r = 0; r < abreast; ++r) {
    acc[r] = load<double, Width>(z + (first + r) * ld_z);
  }
  const double* row = factor + first;
  for (Index j = 0; j < first; ++j, row += ld) {
    const auto w = load<double, Width>(z + j * ld_z);
    ELLTWO_UNROLL for (int r = 0; r < abreast; ++r) acc[r] -= row[r] * w;
  }
  for (int r = 0; r < abreast && first + r < s; ++r, row += ld) {
    const V<Width> w = acc[r] * row[r];
    store<double, Width>(z + (first + r) * ld_z, w);
    for (int q = r + 1; q < abreast; ++q) acc[q] -= row[q] * w;
  }
}

/// z_i = w_i - (sum over k > i of U_ik z_k) / D_i
template <int Width>
inline void backward_set(Index s, Index first, const double* factor, Index ld, double* z,
                         Index ld_z) {
  V<Width> acc[abreast] = {};
  const double* rows = factor + first * ld;
  for (Index k = first + abreast; k < s; ++k) {
    const auto zk = load<double, Width>(z + k * ld_z);
    ELLTWO_UNROLL for (int r = 0; r < abreast; ++r) acc[r] += rows[r * ld + k] * zk;
  }
  ELLTWO_UNROLL for (int r = abreast - 1; r >= 0; --r) {
    if (first + r >= s) continue;
    double* to = z + (first + r) * ld_z;
    const V<Width> zr = load<double, Width>(to) - rows[r * ld + first + r] * acc[r];
    store<double, Width>(to, zr);
    ELLTWO_UNROLL for (int q = 0; q < r; ++q) acc[q] += rows[q * ld + first + r] * zr;
  }
}

template <int Width>
void substitute(Index s, const double* factor, Index ld, double* z, Index ld_z) {
  for (Index t = 0; t < ld_z; t += Width) {
    for (Index i = 0; i < s; i += abreast) forward_set<Width>(s, i, factor, ld, z + t, ld_z);
    for (Index i = (s - 1) / abreast * abreast; i >= 0; i -= abreast) {
      backward_set<Width>(s, i, factor, ld, z + t, ld_z);
    }
  }
}

template <class T, int Width>
inline void put_some(V<Width> v, Index count, T* out) {
  const auto values = __builtin_convertvector(v, Vec<T, Width>);
  if (count >= Width) return store<T, Width>(out, values);
  for (Index i = 0; i < count; ++i) out[i] = values[i];
}

/// Vectors vectors of Outs combinations.
template <class T, int Width, int Vectors, int Outs>
inline void combine_tile(const Combination& job, Index r, Index i, Index size, T* out,
                         Index ld_out) {
  V<Width> acc[Outs][Vectors] = {};
  ELLTWO_UNROLL for (int u = 0; u < Outs; ++u) {
    if (job.base == nullptr) continue;
    const double* base = job.base + (r + u) * job.ld + i;
    ELLTWO_UNROLL for (int k = 0; k < Vectors; ++k) {
      acc[u][k] = load<double, Width>(base + k * Width);
    }
  }
  const double* row = job.matrix + i;
  const double* coef = job.coef + r * job.by_row;
  for (Index c = 0; c < job.n_rows; ++c, row += job.ld, coef += job.by_column) {
    V<Width> x[Vectors];
    ELLTWO_UNROLL for (int k = 0; k < Vectors; ++k) x[k] = load<double, Width>(row + k * Width);
    ELLTWO_UNROLL for (int u = 0; u < Outs; ++u) {
      const double b = coef[u * job.by_row];
      ELLTWO_UNROLL for (int k = 0; k < Vectors; ++k) acc[u][k] += b * x[k];
    }
  }
  ELLTWO_UNROLL for (int u = 0; u < Outs; ++u) {
    ELLTWO_UNROLL for (int k = 0; k < Vectors; ++k) {
      put_some<T, Width>(acc[u][k], size - i - k * Width, out + (r + u) * ld_out + i + k * Width);
    }
  }
}

template <class T, int Width>
void combine(const Combination& job, Index size, T* out, Index ld_out) {
  constexpr int vectors = Width > 4 ? 4 : 2;
  for_even_groups<5>(job.n_out, [&](Index r, auto outs) {
    constexpr int count = decltype(outs)::value;
    Index i = 0;
    for (; i + vectors * Width <= size; i += vectors * Width) {
      combine_tile<T, Width, vectors, count>(job, r, i, size, out, ld_out);
    }
    for (; i < size; i += Width) {
      combine_tile<T, Width, 1, count>(job, r, i, size, out, ld_out);
    }
  });
}

template <int Width>
constexpr Kernels kernels_of(const char* name) {
  return {name,
          Width,
          {take<double, Width>, take<float, Width>},
          gram<Width>,
          factor<Width>,
          substitute<Width>,
          {combine<double, Width>, combine<float, Width>}};
}

}  // namespace
}  // namespace elltwo::direct
