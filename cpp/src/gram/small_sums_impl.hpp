#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "gram/simd.hpp"
#include "gram/small.hpp"

namespace elltwo {
namespace {

constexpr Index small_block = 64;  // rows
constexpr Index small_extras = small_max_targets + 1;

/// A block of rows: x - c row by row in vectors, and the columns of y - e and of ones.
struct SmallBlock {
  alignas(64) double x[small_block * small_max_features];
  alignas(64) double extra[small_extras * small_block];
};

/// Vectors of rows of x: columns beyond the last are zero.
template <class T, int Width>
class SmallReader {
 public:
  using V = Vec<double, Width>;

  explicit SmallReader(MatrixView<T> x) : x_(x) {
    const Index left = (x.cols - 1) % Width + 1;
    for (int j = 0; j < Width; ++j) keep_[j] = j < left ? -1 : 0;
    if (x.col_stride != 1 || x.row_stride < x.cols) return;
    // Rows of which the last vector ends within the matrix.
    const Index over = (x.cols + Width - 1) / Width * Width - x.cols;
    loadable_ = over == 0 ? x.rows : std::max<Index>(0, x.rows - 1 - (over - 1) / x.row_stride);
  }

  Index loadable() const { return loadable_; }

  /// Vector v of a loadable row; Last: the last one of the row.
  template <bool Last>
  V fast(Index i, Index v) const {
    const auto all =
        __builtin_convertvector(load<T, Width>(x_.data + i * x_.row_stride + v * Width), V);
    return Last ? keep(all) : all;
  }

  V any(Index i, Index v) const {
    V out{};
    const Index count = std::min<Index>(Width, x_.cols - v * Width);
    for (Index j = 0; j < count; ++j) out[j] = static_cast<double>(x_(i, v * Width + j));
    return out;
  }

  V row(Index i, Index v) const {
    if (i >= loadable_) return any(i, v);
    return (v + 1) * Width < x_.cols ? fast<false>(i, v) : fast<true>(i, v);
  }

 private:
  V keep(V all) const { return keep_ != Vec<std::int64_t, Width>{} ? all : V{}; }

  MatrixView<T> x_;
  Index loadable_ = 0;
  Vec<std::int64_t, Width> keep_;
};

/// Rows [k0, k0 + kc) of vector v, about c and times the roots of weights where there are any.
template <class T, int Width, bool Weighted>
inline void small_pack(const SmallReader<T, Width>& reader, Index k0, Index kc, Index v, bool last,
                       const double* shift, const double* root, Index ld, double* out) {
  using V = Vec<double, Width>;
  const V c = load<double, Width>(shift + v * Width);
  const auto put = [&](Index k, V x) {
    V value = x - c;
    if constexpr (Weighted) value *= root[k];
    store<double, Width>(out + k * ld + v * Width, value);
  };
  const Index fast = std::clamp<Index>(reader.loadable() - k0, 0, kc);
  if (last) {
    for (Index k = 0; k < fast; ++k) put(k, reader.template fast<true>(k0 + k, v));
  } else {
    for (Index k = 0; k < fast; ++k) put(k, reader.template fast<false>(k0 + k, v));
  }
  for (Index k = fast; k < kc; ++k) put(k, reader.any(k0 + k, v));
}

/// c[i * ldc + .] += sum_k a(k, i) b(k, .) for Rows columns of a, element (k, i) at a[k * ak + i * ai].
template <int Width, int Rows, int Panels>
inline void small_tile(Index kc, const double* __restrict a, Index ak, Index ai,
                       const double* __restrict b, Index ldb, double* __restrict c, Index ldc) {
  Vec<double, Width> acc[Rows][Panels] = {};
  for (Index k = 0; k < kc; ++k) {
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
                 Index panels, Index ldb, double* c, Index ldc) {
  Index i = 0;
  for (; i + Rows <= rows; i += Rows) {
    Index j = 0;
    for (; j + MaxPanels <= panels; j += MaxPanels) {
      small_tile<Width, Rows, MaxPanels>(kc, a + i * ai, ak, ai, b + j * Width, ldb,
                                         c + i * ldc + j * Width, ldc);
    }
    if constexpr (MaxPanels > 2) {
      for (; j + 2 <= panels; j += 2) {
        small_tile<Width, Rows, 2>(kc, a + i * ai, ak, ai, b + j * Width, ldb,
                                   c + i * ldc + j * Width, ldc);
      }
    }
    for (; j < panels; ++j) {
      small_tile<Width, Rows, 1>(kc, a + i * ai, ak, ai, b + j * Width, ldb,
                                 c + i * ldc + j * Width, ldc);
    }
  }
  if constexpr (Rows > 1) {
    if (i < rows) {
      small_tiles<Width, Rows / 2, MaxPanels>(kc, a + i * ai, rows - i, ak, ai, b, panels, ldb,
                                              c + i * ldc, ldc);
    }
  }
}

/// One panel, one target: the triangle's Rows rows, the target's and, with Extras of 2, that of the ones.
template <int Width, int Rows, int Extras>
void small_narrow(Index kc, const double* __restrict x, const double* __restrict extra,
                  double* __restrict c) {
  Vec<double, Width> acc[Rows] = {};
  Vec<double, Width> acc_extra[Extras] = {};
  for (Index k = 0; k < kc; ++k) {
    const auto row = load<double, Width>(x + k * Width);
#pragma GCC unroll 8
    for (int i = 0; i < Rows; ++i) acc[i] += x[k * Width + i] * row;
#pragma GCC unroll 2
    for (int i = 0; i < Extras; ++i) acc_extra[i] += extra[i * small_block + k] * row;
  }
#pragma GCC unroll 8
  for (int i = 0; i < Rows; ++i) {
    store<double, Width>(c + i * Width, load<double, Width>(c + i * Width) + acc[i]);
  }
#pragma GCC unroll 2
  for (int i = 0; i < Extras; ++i) {
    double* ci = c + (Rows + i) * Width;
    store<double, Width>(ci, load<double, Width>(ci) + acc_extra[i]);
  }
}

template <int Width, int Rows, int Extras>
void small_narrow_rows(Index rows, Index kc, const double* x, const double* extra, double* c) {
  if (rows == Rows) small_narrow<Width, Rows, Extras>(kc, x, extra, c);
  else if constexpr (Rows > 1) small_narrow_rows<Width, Rows - 1, Extras>(rows, kc, x, extra, c);
}

/// SmallSumsFn for panels of one width.
template <class T, int Width, int MaxPanels>
class SmallSums {
 public:
  using V = Vec<double, Width>;

  SmallSums(const SmallRows<T>& rows, const SmallLayout& layout)
      : rows_(rows), layout_(layout), reader_(rows.x) {
    extras_ = layout.t + (rows.centred ? 1 : 0);
    ld_ = layout.panels() * Width;
  }

  void run(double* shift, double* sums) {
    const Index p = layout_.p, t = layout_.t;
    provisional_means();
    std::fill_n(sums, layout_.size(), 0.0);
    for (Index k0 = 0; k0 < rows_.x.rows; k0 += small_block) {
      const Index kc = std::min(small_block, rows_.x.rows - k0);
      pack(k0, kc);
      multiply(kc, sums);
      add_extras(kc);
    }
    for (Index j = 0; j < p; ++j) shift[j] = shift_[j];
    for (Index u = 0; u < t; ++u) shift[p + u] = target_shift_[u];
    store_extras(sums);
  }

 private:
  void provisional_means() {
    const Index n = std::min<Index>(rows_.x.rows, 8);
    const double inverse = 1.0 / static_cast<double>(n);
    for (Index v = 0; v < layout_.panels(); ++v) {
      V mean{};
      if (rows_.centred) {
        const V first = reader_.row(0, v);
        V sum{};
        for (Index i = 1; i < n; ++i) sum += reader_.row(i, v) - first;
        mean = first + sum * inverse;
      }
      store<double, Width>(shift_ + v * Width, mean);
    }
    for (Index u = 0; u < layout_.t; ++u) {
      double sum = 0.0;
      for (Index i = 1; i < n; ++i) sum += rows_.y(i, u) - rows_.y(0, u);
      target_shift_[u] = rows_.centred ? rows_.y(0, u) + sum * inverse : 0.0;
    }
  }

  void pack(Index k0, Index kc) {
    double root[small_block];
    const bool weighted = rows_.weight != nullptr;
    for (Index k = 0; weighted && k < kc; ++k) root[k] = std::sqrt(rows_.weight[k0 + k]);
    for (Index v = 0; v < layout_.panels(); ++v) {
      const bool last = v + 1 == layout_.panels();
      if (weighted) {
        small_pack<T, Width, true>(reader_, k0, kc, v, last, shift_, root, ld_, block_.x);
      } else {
        small_pack<T, Width, false>(reader_, k0, kc, v, last, shift_, root, ld_, block_.x);
      }
    }
    const Index padded = (kc + Width - 1) / Width * Width;
    for (Index u = 0; u < layout_.t; ++u) {
      double* out = block_.extra + u * small_block;
      pack_target(k0, kc, u, out);
      for (Index k = 0; weighted && k < kc; ++k) out[k] *= root[k];
      std::fill(out + kc, out + padded, 0.0);
    }
    double* ones = block_.extra + layout_.t * small_block;
    if (weighted) std::copy_n(root, kc, ones);
    else std::fill_n(ones, kc, 1.0);
    std::fill(ones + kc, ones + padded, 0.0);
  }

  void pack_target(Index k0, Index kc, Index u, double* __restrict out) {
    const double shift = target_shift_[u];
    const double* y = rows_.y.data + k0 * rows_.y.row_stride + u * rows_.y.col_stride;
    if (rows_.y.row_stride == 1) {
      for (Index k = 0; k < kc; ++k) out[k] = y[k] - shift;
    } else {
      for (Index k = 0; k < kc; ++k) out[k] = y[k * rows_.y.row_stride] - shift;
    }
  }

  void multiply(Index kc, double* sums) {
    const Index p = layout_.p;
    if (p <= Width && layout_.t == 1) {
      if (extras_ == 2) small_narrow_rows<Width, Width, 2>(p, kc, block_.x, block_.extra, sums);
      else small_narrow_rows<Width, Width, 1>(p, kc, block_.x, block_.extra, sums);
      return;
    }
    for (Index j = 0; j < p; j += Width) {
      const Index panels = j / Width + 1;
      small_tiles<Width, Width, MaxPanels>(kc, block_.x + j, std::min<Index>(Width, p - j), ld_, 1,
                                           block_.x, panels, ld_, sums + layout_.row(j),
                                           panels * Width);
    }
    small_tiles<Width, 4, MaxPanels>(kc, block_.extra, extras_, 1, small_block, block_.x,
                                     layout_.panels(), ld_, sums + layout_.target(0), ld_);
  }

  // Squares of the targets, their products with the ones, and the weights, lane by lane.
  void add_extras(Index kc) {
    const Index t = layout_.t;
    const double* ones = block_.extra + t * small_block;
    for (Index k = 0; k < kc; k += Width) {
      const V one = load<double, Width>(ones + k);
      total_ += one * one;
      for (Index u = 0; u < t; ++u) {
        const V y = load<double, Width>(block_.extra + u * small_block + k);
        squares_[u] += y * y;
        with_ones_[u] += y * one;
      }
    }
  }

  static double sum_of(V v) {
    double sum = 0.0;
    for (int i = 0; i < Width; ++i) sum += v[i];
    return sum;
  }

  void store_extras(double* sums) const {
    for (Index u = 0; u < layout_.t; ++u) {
      sums[layout_.squares() + u] = sum_of(squares_[u]);
      sums[layout_.target_ones() + u] = sum_of(with_ones_[u]);
    }
    sums[layout_.weight()] = sum_of(total_);
  }

  const SmallRows<T>& rows_;
  const SmallLayout& layout_;
  SmallReader<T, Width> reader_;
  Index extras_;
  Index ld_;
  V total_{};
  V squares_[small_max_targets] = {};
  V with_ones_[small_max_targets] = {};
  alignas(64) double shift_[small_max_features];
  double target_shift_[small_max_targets];
  SmallBlock block_;
};

/// SmallSumsFn.
template <class T, int Width, int MaxPanels>
void small_sums(const SmallRows<T>& rows, const SmallLayout& layout, double* shift, double* sums) {
  if constexpr (Width > 4) {
    if (layout.width == 4) return small_sums<T, 4, MaxPanels>(rows, layout, shift, sums);
  }
  SmallSums<T, Width, MaxPanels>(rows, layout).run(shift, sums);
}

}  // namespace
}  // namespace elltwo
