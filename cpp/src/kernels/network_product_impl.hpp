#pragma once

#include "kernels/network.hpp"
#include "kernels/simd.hpp"
#include "kernels/stream_impl.hpp"

namespace elltwo::network {
namespace {

/// Rows rows of c against Panels vectors: acc(i, j) = sum_k a(i, k) b(k, j), where a(i, k) is
/// at a[i * step_i + k * step_k].
template <class T, int Width, int Rows, int Panels>
struct RegisterTile {
  Vec<T, Width> acc[Rows][Panels];

  void start(const T* first) {
#pragma GCC unroll 4
    for (int j = 0; j < Panels; ++j) {
      const Vec<T, Width> v =
          first != nullptr ? load<T, Width>(first + j * Width) : Vec<T, Width>{};
#pragma GCC unroll 16
      for (int i = 0; i < Rows; ++i) acc[i][j] = v;
    }
  }

  void add(Index inner, const T* __restrict a, Index step_i, Index step_k, const T* __restrict b,
           Index ld_b) {
    for (Index k = 0; k < inner; ++k) {
      Vec<T, Width> row[Panels];
#pragma GCC unroll 4
      for (int j = 0; j < Panels; ++j) row[j] = load<T, Width>(b + j * Width);
#pragma GCC unroll 16
      for (int i = 0; i < Rows; ++i) {
        const T value = a[i * step_i];
#pragma GCC unroll 4
        for (int j = 0; j < Panels; ++j) acc[i][j] += value * row[j];
      }
      a += step_k;
      b += ld_b;
    }
  }

  void store_to(T* c, Index ld_c) const {
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
      for (int j = 0; j < Panels; ++j) store<T, Width>(c + i * ld_c + j * Width, acc[i][j]);
    }
  }

  void add_to(double* c, Index ld_c) const {
#pragma GCC unroll 16
    for (int i = 0; i < Rows; ++i) {
#pragma GCC unroll 4
      for (int j = 0; j < Panels; ++j) {
        double* cij = c + i * ld_c + j * Width;
        store<double, Width>(
            cij, load<double, Width>(cij) + __builtin_convertvector(acc[i][j], Vec<double, Width>));
      }
    }
  }
};

/// Calls f.template operator()<Rows>(i) for rows [i, n) of a tile's height, then for halves.
template <int Rows, class F>
inline void for_tiles(Index i, Index n, const F& f) {
  for (; i + Rows <= n; i += Rows) f.template operator()<Rows>(i);
  if constexpr (Rows > 1) {
    if (i < n) for_tiles<Rows / 2>(i, n, f);
  }
}

template <class T, int Width, int Rows, int MaxPanels>
void product(const Product<T>& job) {
  for_even_groups<MaxPanels>((job.m + Width - 1) / Width, [&](Index panel, auto panels) {
    constexpr int count = decltype(panels)::value;
    const Index j = panel * Width;
    for_tiles<Rows>(0, job.n, [&]<int Height>(Index i) {
      RegisterTile<T, Width, Height, count> tile;
      tile.start(job.first != nullptr ? job.first + j : nullptr);
      tile.add(job.inner, job.a + i * job.ld_a, job.ld_a, 1, job.b + j, job.ld_b);
      tile.store_to(job.c + i * job.ld_c + j, job.ld_c);
    });
  });
}

template <class T, int Width, int Rows, int MaxPanels>
void outer_sum(const OuterSum<T>& job) {
  for_even_groups<MaxPanels>((job.m + Width - 1) / Width, [&](Index panel, auto panels) {
    constexpr int count = decltype(panels)::value;
    const Index j = panel * Width;
    for_tiles<Rows>(0, job.k, [&]<int Height>(Index i) {
      RegisterTile<T, Width, Height, count> tile;
      tile.start(nullptr);
      tile.add(job.n, job.a + i, 1, job.ld_a, job.b + j, job.ld_b);
      tile.add_to(job.c + i * job.ld_c + j, job.ld_c);
    });
  });
}

/// Width rows of a against one column of b at a time.
template <class T, int Width>
void dots(const Product<T>& job) {
  Index i = 0;
  for (; i + Width <= job.n; i += Width) {
    for (Index j = 0; j < job.m; ++j) {
      const T first = job.first != nullptr ? job.first[j] : T(0);
      Vec<T, Width> sums[Width] = {};
#pragma GCC unroll 4
      for (int half = 0; half < Width; half += Width / 2) {
        for (Index k = 0; k < job.inner; k += Width) {
          const Vec<T, Width> column = load<T, Width>(job.b + j * job.ld_b + k);
#pragma GCC unroll 16
          for (int r = 0; r < Width / 2; ++r) {
            sums[half + r] += column * load<T, Width>(job.a + (i + half + r) * job.ld_a + k);
          }
        }
      }
      T total[Width];
      store_sums<T, Width>(sums, total);
      for (int r = 0; r < Width; ++r) job.c[(i + r) * job.ld_c + j] = first + total[r];
    }
  }
  for (; i < job.n; ++i) {
    for (Index j = 0; j < job.m; ++j) {
      Vec<T, Width> sums[Width] = {};
      for (Index k = 0; k < job.inner; k += Width) {
        sums[0] +=
            load<T, Width>(job.b + j * job.ld_b + k) * load<T, Width>(job.a + i * job.ld_a + k);
      }
      T total[Width];
      store_sums<T, Width>(sums, total);
      job.c[i * job.ld_c + j] = (job.first != nullptr ? job.first[j] : T(0)) + total[0];
    }
  }
}

template <class T, int Width>
void column_sums(Index n, Index m, const T* a, Index ld, double* sum) {
  for (Index j = 0; j < m; j += Width) {
    Vec<T, Width> values{};
    for (Index i = 0; i < n; ++i) values += load<T, Width>(a + i * ld + j);
    store<double, Width>(sum + j, load<double, Width>(sum + j) +
                                      __builtin_convertvector(values, Vec<double, Width>));
  }
}

}  // namespace
}  // namespace elltwo::network
