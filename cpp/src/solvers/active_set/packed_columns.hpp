#pragma once

#include <span>
#include <vector>

#include "elltwo/monitor.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// Vectors of n numbers, each followed by zeros, so that kernels may read whole registers.
struct PaddedVectors {
  Index ld;
  Buffer<double> values;

  /// m vectors of zeros.
  PaddedVectors(Index n, Index m);
  /// Copies of m vectors v + k * n.
  PaddedVectors(Index n, Index m, const double* v);

  double* operator[](Index k) { return values.data() + k * ld; }
  const double* data() const { return values.data(); }
};

/// The distance between columns of n numbers that are read together: a whole number of registers,
/// and not one by which columns fall in the same sets of a cache.
Index column_distance(Index n);

/// Columns in double, side by side, and products among them. Bits do not depend on n_threads.
class PackedColumns {
 public:
  PackedColumns(Index n_rows, int n_threads, Monitor& monitor);

  Index size() const { return size_; }

  /// Appends columns, the first n_rows values of which the caller then writes.
  void append(Index count);

  double* column(Index place) { return values_.data() + place * ld_; }
  const double* column(Index place) const { return values_.data() + place * ld_; }

  /// Keeps these columns, in ascending order.
  void keep(std::span<const Index> places);

  /// Columns::gram().
  void gram(Index first, Index end, const double* weight, double* gram, Index ld) const;

  /// Columns::selected_products().
  void products(Index m, const double* v, double* out) const;

  /// Columns::combine().
  void combine(std::span<const Index> places, Index m, const double* coef, double* out) const;

 private:
  void combine_one(std::span<const Index> places, const double* coef, double* out) const;

  Index n_;
  Index ld_;
  int n_threads_;
  Monitor& monitor_;
  Index size_ = 0;
  Buffer<double> values_;
};

}  // namespace elltwo
