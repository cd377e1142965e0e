#pragma once

#include "elltwo/monitor.hpp"
#include "kernels/source.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// The upper triangle, row-major, of the Gram matrix of a source's columns [X | Y | 1]. Of the
/// products of Y and the ones among themselves it has the diagonal and the products with the ones
/// alone: beside many columns of Y, rows from `full_rows` on hold these two tiles and nothing else.
class GramMatrix {
 public:
  GramMatrix() = default;
  GramMatrix(Index cols, Index padded_cols, Buffer<double> values)
      : cols_(cols), ld_(padded_cols), full_rows_(cols), values_(std::move(values)) {}
  GramMatrix(Index cols, Index padded_cols, Index full_rows, Index tile, Buffer<double> values)
      : cols_(cols),
        ld_(padded_cols),
        full_rows_(full_rows),
        tile_(tile),
        values_(std::move(values)) {}

  Index cols() const { return cols_; }
  Index ld() const { return ld_; }
  Index size() const { return values_.size(); }
  double* data() { return values_.data(); }
  const double* data() const { return values_.data(); }

  /// this += times * other, for the Gram matrix of other rows with the same n_x columns of X and
  /// the same further columns, about the same shifts.
  void add(const GramMatrix& other, double times, Index n_x);

  /// Zeros in the same arrangement.
  GramMatrix zeros_alike() const { return with(Buffer<double>::zeros(size())); }
  GramMatrix copy() const;
  /// The matrix of which every row has all columns.
  GramMatrix with_full_rows() &&;

  /// Entry (i, j) with i <= j.
  double operator()(Index i, Index j) const { return values_[at(i, j)]; }
  double& operator()(Index i, Index j) { return values_[at(i, j)]; }

 private:
  Index at(Index i, Index j) const {
    if (i < full_rows_) return i * ld_ + j;
    const Index second = i / tile_ == j / tile_ ? 0 : tile_;
    return full_rows_ * ld_ + (i - full_rows_) * 2 * tile_ + second + j % tile_;
  }
  GramMatrix with(Buffer<double> values) const {
    return {cols_, ld_, full_rows_, tile_, std::move(values)};
  }

  Index cols_ = 0;
  Index ld_ = 0;
  Index full_rows_ = 0;
  Index tile_ = 0;
  Buffer<double> values_;
};

/// The Gram matrix of a source, in one pass. Products are formed in T, sums of blocks are added in
/// double. Bits do not depend on n_threads. Throws Interrupted. Defined for (S, T) = (double,
/// double), (float, float), (double, float) and (float, double).
template <Real S, Real T>
GramMatrix gram(const Source<S>& source, int n_threads, Monitor& monitor);

}  // namespace elltwo
