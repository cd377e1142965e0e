#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/simd.hpp"
#include "kernels/small_shapes.hpp"

namespace elltwo {
namespace {

constexpr double smallest_small_square = 1e-200;
constexpr double largest_small_square = 1e200;
constexpr double largest_small_penalty = 1e100;

/// One number for each of the problems that are solved side by side.
template <int Lanes>
struct SideBySide {
  using V = Vec<double, Lanes>;
  static V at(const double* p, Index i) { return load<double, Lanes>(p + i * Lanes); }
  static void put(double* p, Index i, V v) { store<double, Lanes>(p + i * Lanes, v); }
  static V root(V v) {
    alignas(64) double values[Lanes];
    store<double, Lanes>(values, v);
    for (int l = 0; l < Lanes; ++l) values[l] = std::sqrt(values[l]);
    return load<double, Lanes>(values);
  }
};

template <>
struct SideBySide<1> {
  using V = double;
  static V at(const double* p, Index i) { return p[i]; }
  static void put(double* p, Index i, V v) { p[i] = v; }
  static V root(V v) { return std::sqrt(v); }
};

/// L L^T = S (G + D) S with a unit diagonal for Lanes problems.
template <int Lanes>
class SmallFactor {
 protected:
  using Ops = SideBySide<Lanes>;
  using V = typename Ops::V;

  explicit SmallFactor(const SmallSystems& systems)
      : s_(systems), p_(systems.layout.p), blocks_((p_ + 3) / 4) {
    for (Index i = 0; i < p_; ++i) {
      row_[i] = s_.sums + s_.layout.row(i) * Lanes;
      lower_[i] = s_.factor + padded_row(i, 4) * Lanes;
    }
  }

  void factor() {
    equilibrate();
    for (Index j = 0; j < blocks_; ++j) {
      for (Index i = j; i < blocks_; ++i) factor(i, j);
    }
  }

  V rcond() const {
    const V bound = rcond_bound();
    if (!any_below(bound, small_sharp)) return bound;
    return bound < small_sharp ? larger(bound, rcond_estimate()) : bound;
  }

  static V one() { return V{} + 1.0; }
  static V size(V v) { return v < 0.0 ? -v : v; }
  static V larger(V a, V b) { return a > b ? a : b; }

  template <class Mask>
  void require(Mask holds) {
    good_ = holds ? good_ : V{};
  }

  const double* lower(Index i) const { return lower_[i]; }
  V gram(Index i, Index j) const { return Ops::at(row_[i], j); }

  // Whether a problem that may be answered has less.
  bool any_below(V v, double limit) const {
    alignas(64) double values[Lanes], good[Lanes];
    Ops::put(values, 0, v);
    Ops::put(good, 0, good_);
    bool any = false;
    for (int l = 0; l < Lanes; ++l) any |= good[l] > 0.0 && values[l] < limit;
    return any;
  }

  // |M|_1 of the scaled system.
  V norm() const {
    V norm{};
    for (Index i = 0; i < p_; ++i) norm = larger(norm, norm_[i]);
    return norm;
  }

  /// 1 / (|M|_1 b) of M = L L^T with |M^-1|_1 <= |L^-1|_inf |L^-1|_1 <= b from the inverse of the
  /// comparison matrix (Higham 2002, section 8.3).
  V rcond_bound() const {
    V row_norm{}, column_norm{};
    V rows[small_max_features];
    for (Index i = 0; i < p_; ++i) {
      V value = one();
      const double* row = lower(i);
      for (Index k = 0; k < i; ++k) value += size(Ops::at(row, k)) * rows[k];
      rows[i] = value * Ops::at(row, i);
      row_norm = larger(row_norm, rows[i]);
    }
    V columns[small_max_features];
    for (Index i = 0; i < p_; ++i) columns[i] = one();
    for (Index i = p_ - 1; i >= 0; --i) {
      const double* row = lower(i);
      columns[i] *= Ops::at(row, i);
      column_norm = larger(column_norm, columns[i]);
      for (Index k = 0; k < i; ++k) columns[k] += size(Ops::at(row, k)) * columns[i];
    }
    return 1.0 / (norm() * row_norm * column_norm);
  }

  /// 1 / (|M|_1 e) with an estimate e <= |M^-1|_1 by two steps of algorithm 4.1 of Higham (1988),
  /// which LAPACK's pocon continues, from the vector of means and from alternating signs.
  V rcond_estimate() const {
    V z[small_max_features];
    std::fill_n(z, p_, one() / static_cast<double>(p_));
    substitute(z);
    V estimate = sum_of_sizes(z);
    for (Index i = 0; i < p_; ++i) z[i] = z[i] < 0.0 ? -one() : one();
    substitute(z);
    V largest{};
    for (Index i = 0; i < p_; ++i) largest = larger(largest, size(z[i]));
    V left = one();
    for (Index i = 0; i < p_; ++i) {  // the unit vector of the first largest
      const V here = size(z[i]) == largest ? left : V{};
      left -= here;
      z[i] = here;
    }
    substitute(z);
    estimate = larger(estimate, sum_of_sizes(z));
    for (Index i = 0; i < p_; ++i) {
      const double value =
          1.0 + static_cast<double>(i) / static_cast<double>(std::max<Index>(1, p_ - 1));
      z[i] = V{} + (i % 2 == 0 ? value : -value);
    }
    substitute(z);
    estimate = larger(estimate, sum_of_sizes(z) * (2.0 / (3.0 * static_cast<double>(p_))));
    return 1.0 / (norm() * estimate);
  }

  V sum_of_sizes(const V* z) const {
    V sum{};
    for (Index i = 0; i < p_; ++i) sum += size(z[i]);
    return sum;
  }

  /// z = (L L^T)^-1 z.
  void substitute(V* z) const {
    for (Index i = 0; i < p_; ++i) {
      const double* row = lower(i);
      for (Index k = 0; k < i; ++k) z[i] -= Ops::at(row, k) * z[k];
      z[i] *= Ops::at(row, i);
    }
    for (Index i = p_ - 1; i >= 0; --i) {
      const double* row = lower(i);
      z[i] *= Ops::at(row, i);
      for (Index k = 0; k < i; ++k) z[k] -= Ops::at(row, k) * z[i];
    }
  }

  const SmallSystems& s_;
  Index p_;
  V good_ = one();                   // zero for problems that need another method
  double* row_[small_max_features];  // of G

 private:
  void equilibrate() {
    for (Index j = 0; j < p_; ++j) {
      const V square = gram(j, j);
      const V added = Ops::at(s_.diagonal, j);
      const V total = square + added;
      require((total >= smallest_small_square) & (total <= largest_small_square) &
              (added <= largest_small_penalty));
      require((square == 0.0) | (square >= smallest_small_square));
      Ops::put(s_.scale, j, 1.0 / Ops::root(total));
      norm_[j] = one();
    }
  }

  // Entries of the scaled system; beyond p those of the identity.
  void load_block(Index bi, Index bj, V (&a)[4][4]) {
    for (Index r = 0; r < 4; ++r) {
      const Index i = 4 * bi + r;
      for (Index c = 0; c < 4; ++c) {
        const Index j = 4 * bj + c;
        a[r][c] = i == j ? one() : V{};
        if (i >= p_ || j >= i) continue;
        const V scales = Ops::at(s_.scale, i) * Ops::at(s_.scale, j);
        a[r][c] = gram(i, j) * scales;
        norm_[i] += size(a[r][c]);
        norm_[j] += size(a[r][c]);
      }
    }
  }

  /// Block (bi, bj) of L, whose diagonal holds reciprocals.
  void factor(Index bi, Index bj) {
    V a[4][4];
    load_block(bi, bj, a);
    const double* row[4];
    const double* other[4];
    double* const first = s_.factor + padded_row(4 * bi, 4) * Lanes;
    const double* const first_other = s_.factor + padded_row(4 * bj, 4) * Lanes;
    for (Index r = 0; r < 4; ++r) row[r] = first + r * 4 * (bi + 1) * Lanes;
    for (Index r = 0; r < 4; ++r) other[r] = first_other + r * 4 * (bj + 1) * Lanes;
    for (Index k = 0; k < 4 * bj; ++k) {
      V b[4];
#pragma GCC unroll 4
      for (int c = 0; c < 4; ++c) b[c] = Ops::at(other[c], k);
#pragma GCC unroll 4
      for (int r = 0; r < 4; ++r) {
        const V f = Ops::at(row[r], k);
#pragma GCC unroll 4
        for (int c = 0; c < 4; ++c) a[r][c] -= f * b[c];
      }
    }
    if (bi == bj) factor_diagonal(a);
    else divide(other, 4 * bj, a);
#pragma GCC unroll 4
    for (int r = 0; r < 4; ++r) {
#pragma GCC unroll 4
      for (int c = 0; c < 4; ++c) Ops::put(first + r * 4 * (bi + 1) * Lanes, 4 * bj + c, a[r][c]);
    }
  }

  void factor_diagonal(V (&a)[4][4]) {
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) {
      require(a[c][c] > 0.0);
      a[c][c] = 1.0 / Ops::root(a[c][c]);
#pragma GCC unroll 4
      for (int r = c + 1; r < 4; ++r) a[r][c] *= a[c][c];
#pragma GCC unroll 4
      for (int r = c + 1; r < 4; ++r) {
#pragma GCC unroll 4
        for (int j = c + 1; j <= r; ++j) a[r][j] -= a[r][c] * a[j][c];
      }
    }
  }

  static void divide(const double* const (&diagonal)[4], Index k, V (&a)[4][4]) {
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c) {
#pragma GCC unroll 4
      for (int m = 0; m < c; ++m) {
        const V f = Ops::at(diagonal[c], k + m);
#pragma GCC unroll 4
        for (int r = 0; r < 4; ++r) a[r][c] -= a[r][m] * f;
      }
      const V inverse = Ops::at(diagonal[c], k + c);
#pragma GCC unroll 4
      for (int r = 0; r < 4; ++r) a[r][c] *= inverse;
    }
  }

  Index blocks_;
  const double* lower_[small_max_features];  // rows of L
  V norm_[small_max_features];               // sums of rows of |M|
};

}  // namespace
}  // namespace elltwo
