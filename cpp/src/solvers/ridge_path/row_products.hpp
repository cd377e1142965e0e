#pragma once

#include "gram/packed_basis.hpp"
#include "linalg/buffer.hpp"
#include "solvers/ridge_path/design.hpp"

namespace elltwo {

/// Rows z_i of a design times a matrix B. Sparse rows add one row of B for each of their entries,
/// unless they have so many that they are made dense, a block at a time.
template <Real T>
class RowProducts {
 public:
  /// b is design.size() x cols, column-major, and need not outlive the object.
  RowProducts(const PathDesign<T>& design, const double* b, Index cols);

  /// The distance between the products of two rows, at least the number of columns of B.
  Index stride() const { return by_entries_ ? cols_ : packed_.padded(); }

  /// For rows [k0, k0 + rows): out = B^T z_i (cols x rows, the leading dimension being stride()),
  /// and targets x rows, both column-major.
  void operator()(Index k0, Index rows, double* out, double* targets) const;

  /// Multiplications and additions for one row.
  double operations_per_row() const;

 private:
  void by_entries(Index k0, Index rows, double* out, double* targets) const;
  void by_dense_rows(Index k0, Index rows, double* out, double* targets) const;

  const PathDesign<T>& design_;
  Index cols_;
  double entries_per_row_ = 0.0;
  bool by_entries_ = false;
  PackedBasis packed_;       // B for dense rows
  Buffer<double> lines_;     // rows of B, one after the other
  Buffer<double> of_zeros_;  // B^T z of a row of zeros
};

}  // namespace elltwo
