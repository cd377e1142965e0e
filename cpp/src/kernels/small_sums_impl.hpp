#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "kernels/ahead.hpp"
#include "kernels/simd.hpp"
#include "kernels/small_shapes.hpp"
#include "kernels/small_tile_impl.hpp"

namespace elltwo {
namespace {

constexpr Index small_block = 64;  // rows
constexpr Index small_extras = small_max_targets + 1;

/// A block of rows: x - c row by row in vectors, and columns of y - e and of ones.
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

  /// Vectors of loadable rows at one place; Last: of the row's end.
  template <bool Last>
  struct Loads {
    const T* from;
    Index stride;
    Vec<std::int64_t, Width> keep;

    V at(Index i) const {
      const auto all = __builtin_convertvector(load<T, Width>(from + i * stride), V);
      return Last ? (keep != Vec<std::int64_t, Width>{} ? all : V{}) : all;
    }
  };

  template <bool Last>
  Loads<Last> loads(Index v) const {
    return {x_.data + v * Width, x_.row_stride, keep_};
  }

  V any(Index i, Index v) const {
    V out{};
    const Index count = std::min<Index>(Width, x_.cols - v * Width);
    for (Index j = 0; j < count; ++j) out[j] = static_cast<double>(x_(i, v * Width + j));
    return out;
  }

  V row(Index i, Index v) const {
    if (i >= loadable_) return any(i, v);
    return (v + 1) * Width < x_.cols ? loads<false>(v).at(i) : loads<true>(v).at(i);
  }

 private:
  MatrixView<T> x_;
  Index loadable_ = 0;
  Vec<std::int64_t, Width> keep_;
};

/// Loads rows [k0, k0 + kc) of vector v about c, times the square roots of the weights if there are
/// weights, and adds their products with these roots, the weighted sums of the columns, to `sums`.
template <bool Last, bool Weighted, class T, int Width>
inline void small_pack(const SmallReader<T, Width>& reader, Index k0, Index kc, Index v,
                       const double* shift, const double* root, Index ld, double* __restrict out,
                       double* sums) {
  using V = Vec<double, Width>;
  const V c = load<double, Width>(shift);
  V sum[2] = {};
  const auto put = [&](Index k, V x, V& to) {
    V value = x - c;
    if constexpr (Weighted) value *= root[k];
    store<double, Width>(out + k * ld, value);
    if constexpr (Weighted) to += value * root[k];
    else to += value;
  };
  const auto loads = reader.template loads<Last>(v);
  const Index fast = std::clamp<Index>(reader.loadable() - k0, 0, kc);
  Index k = 0;
  for (; k + 2 <= fast; k += 2) {
    put(k, loads.at(k0 + k), sum[0]);
    put(k + 1, loads.at(k0 + k + 1), sum[1]);
  }
  for (; k < fast; ++k) put(k, loads.at(k0 + k), sum[0]);
  for (; k < kc; ++k) put(k, reader.any(k0 + k, v), sum[1]);
  store<double, Width>(sums, load<double, Width>(sums) + (sum[0] + sum[1]));
}

/// SmallSumsFn for panels of one width, of which Narrow have a triangle that fits the registers.
template <class T, int Width, int MaxPanels, int Narrow>
class SmallSums {
 public:
  using V = Vec<double, Width>;

  SmallSums(const SmallRows<T>& rows, const SmallLayout& layout)
      : rows_(rows), layout_(layout), reader_(rows.x) {
    ld_ = layout.panels() * Width;
  }

  void run(double* shift, double* sums) {
    const Index p = layout_.p, t = layout_.t;
    provisional_means();
    std::fill_n(sums, layout_.size(), 0.0);
    for (Index k0 = 0; k0 < rows_.x.rows; k0 += small_block) {
      const Index kc = std::min(small_block, rows_.x.rows - k0);
      pack(k0, kc, sums);
      auto ahead = next_lines(k0 + kc);
      multiply(kc, ahead, sums);
      add_extras(kc, sums);
    }
    for (Index j = 0; j < p; ++j) shift[j] = shift_[j];
    for (Index u = 0; u < t; ++u) shift[p + u] = target_shift_[u];
  }

 private:
  // The cache lines of the next block of rows, or of the first one of the next problem, if rows
  // have no gaps.
  Ahead next_lines(Index k0) const {
    const bool own = k0 < rows_.x.rows;
    const Index from = own ? k0 : 0;
    const auto& x = own ? rows_.x : rows_.next_x;
    const auto& y = own ? rows_.y : rows_.next_y;
    const Index kc = std::min(small_block, x.rows - from);
    if (kc == 0 || x.col_stride != 1 || x.row_stride != x.cols) return {};
    for (Index k = 0; y.row_stride == 1 && k < kc; k += 8) {
      __builtin_prefetch(y.data + from + k, 0, 2);
    }
    return {.run = reinterpret_cast<const char*>(x.data + from * x.cols),
            .run_bytes = kc * x.cols * static_cast<Index>(sizeof(T)),
            .runs_left = 1};
  }

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

  void pack(Index k0, Index kc, double* sums) {
    double root[small_block];
    const bool weighted = rows_.weight != nullptr;
    for (Index k = 0; weighted && k < kc; ++k) root[k] = std::sqrt(rows_.weight[k0 + k]);
    for (Index v = 0; v < layout_.panels(); ++v) {
      const auto run =
          v + 1 < layout_.panels()
              ? (weighted ? small_pack<false, true, T, Width> : small_pack<false, false, T, Width>)
              : (weighted ? small_pack<true, true, T, Width> : small_pack<true, false, T, Width>);
      run(reader_, k0, kc, v, shift_ + v * Width, root, ld_, block_.x + v * Width,
          sums + layout_.ones() + v * Width);
    }
    const Index padded = (kc + 2 * Width - 1) / (2 * Width) * (2 * Width);
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

  void multiply(Index kc, Ahead& ahead, double* sums) {
    const Index p = layout_.p;
    if (p <= Width * Narrow && layout_.t == 1) {
      if constexpr (Narrow > 0) {
        small_triangles<Width, Narrow, Width>(p, kc, block_.x, block_.extra, sums, ahead);
      }
      return;
    }
    for (Index j = 0; j < p; j += Width) {
      const Index panels = j / Width + 1;
      small_tiles<Width, Width, MaxPanels>(kc, block_.x + j, std::min<Index>(Width, p - j), ld_, 1,
                                           block_.x, panels, ld_, sums + layout_.row(j),
                                           panels * Width, ahead);
    }
    multiply_targets(kc, ahead, sums + layout_.target(0));
  }

  void multiply_targets(Index kc, Ahead& ahead, double* sums) {
    const Index panels = layout_.panels();
    if (layout_.t > 2) {
      small_tiles<Width, 4, MaxPanels>(kc, block_.extra, layout_.t, 1, small_block, block_.x,
                                       panels, ld_, sums, ld_, ahead);
      return;
    }
    for (Index u = 0; u < layout_.t; ++u) {
      const double* y = block_.extra + u * small_block;
      Index v = 0;
      for (; v + 2 <= panels; v += 2) {
        small_row<Width, 2>(kc, y, block_.x + v * Width, ld_, sums + u * ld_ + v * Width);
      }
      if (v < panels) {
        small_row<Width, 1>(kc, y, block_.x + v * Width, ld_, sums + u * ld_ + v * Width);
      }
    }
  }

  // Squares of the targets, their products with the ones, and the weights.
  void add_extras(Index kc, double* sums) const {
    const double* ones = block_.extra + layout_.t * small_block;
    sums[layout_.weight()] += dot(kc, ones, ones);
    for (Index u = 0; u < layout_.t; ++u) {
      const double* y = block_.extra + u * small_block;
      sums[layout_.squares() + u] += dot(kc, y, y);
      sums[layout_.target_ones() + u] += dot(kc, y, ones);
    }
  }

  static double dot(Index kc, const double* a, const double* b) {
    V acc[2] = {};
    for (Index k = 0; k < kc; k += 2 * Width) {
      acc[0] += load<double, Width>(a + k) * load<double, Width>(b + k);
      acc[1] += load<double, Width>(a + k + Width) * load<double, Width>(b + k + Width);
    }
    const V sum = acc[0] + acc[1];
    double total = 0.0;
    for (int i = 0; i < Width; ++i) total += sum[i];
    return total;
  }

  const SmallRows<T>& rows_;
  const SmallLayout& layout_;
  SmallReader<T, Width> reader_;
  Index ld_;
  alignas(64) double shift_[small_max_features];
  double target_shift_[small_max_targets];
  SmallBlock block_;
};

/// SmallSumsFn.
template <class T, int Width, int MaxPanels, int Narrow>
void small_sums(const SmallRows<T>& rows, const SmallLayout& layout, double* shift, double* sums) {
  if (layout.p <= 4 * Narrow) SmallSums<T, 4, MaxPanels, Narrow>(rows, layout).run(shift, sums);
  else SmallSums<T, Width, MaxPanels, 0>(rows, layout).run(shift, sums);
}

}  // namespace
}  // namespace elltwo
