#pragma once

#include <cstdint>
#include <vector>

#include "linalg/buffer.hpp"
#include "linalg/compensated.hpp"
#include "solvers/logistic_pass/points.hpp"

namespace elltwo {

/// All sums of a pass over some rows.
class PassSums {
 public:
  explicit PassSums(const PassPoints& points);
  /// Without room for matrices, which are then zero.
  static PassSums without_matrices(const PassPoints& points);

  /// Where the numbers of a point begin among `linear`.
  Index weight_at(Index point) const { return point * stride_; }
  Index loss_at(Index point) const { return weight_at(point) + 1; }
  Index held_at(Index point) const { return weight_at(point) + 2; }  ///< four
  Index residual_at(Index point) const { return weight_at(point) + 6; }
  Index gradient_at(Index point) const { return residual_at(point) + outputs_; }

  /// Rows and columns of a matrix, features + 1.
  Index cols() const { return cols_; }
  /// Matrix m of the Hessians, of which the upper triangle counts. Those of a point are one, or
  /// sum w p_k p_l a a^T for the pairs of classes k < l.
  double* matrix(Index m) { return matrices.data() + m * cols_ * cols_; }
  const double* matrix(Index m) const { return matrices.data() + m * cols_ * cols_; }
  Index matrix_bytes() const { return matrices.size() * Index{sizeof(double)}; }
  /// The part of sparse rows x, sum h [x | 1]^T [x | 1] in the units of X, so that sums of few rows
  /// cost what they have of values and not what a matrix has. Allocated by make_raw().
  double* raw_matrix(Index m) { return raw.data() + m * cols_ * cols_; }
  void make_raw(const PassPoints& points);
  /// The upper triangle of matrix m of all rows, cols x cols.
  std::vector<double> scaled_matrix(const PassPoints& points, Index m) const;

  /// += other, whose matrices are taken where these sums have none.
  void add(PassSums&& other);
  bool finite() const;

  std::int64_t n_rows = 0;  ///< of positive weight
  std::vector<DoubleDouble> linear;
  Buffer<double> matrices;  ///< empty: zeros
  Buffer<double> raw;       ///< empty: zeros

 private:
  PassSums(const PassPoints& points, Buffer<double> room);

  Index outputs_;
  Index cols_;
  Index stride_;
};

}  // namespace elltwo
