#pragma once

#include <vector>

#include "linalg/buffer.hpp"

namespace elltwo {

/// What is fitted without a penalty in the dual: a free intercept and free features, as an
/// orthonormal basis Q of their (weighted) columns. The penalised part then sees only what is
/// orthogonal to Q.
class Unpenalised {
 public:
  /// `ones` is the square root of the weights (n values) if there is a free intercept, else empty;
  /// `columns` (n x q, column-major) holds the free features, already orthogonal to `ones`.
  Unpenalised(Index n, const std::vector<double>& ones, Buffer<double> columns, Index q);

  Index rank_of_features() const { return rank_; }

  /// Coefficients of the free features whose columns are one of the basis: `direction` of their
  /// rank.
  void direction(Index direction, double* beta) const;

  /// v -= Q Q^T v.
  void project(double* v) const;

  /// beta = the shortest least-squares coefficients of v on the free features; v loses its fit.
  void fit_features(double* v, double* beta) const;

  /// Column-major lower triangle k <- (I - QQ^T) k (I - QQ^T).
  void deflate(double* k, Index ld) const;

  /// k += tau QQ^T with tau its mean diagonal, or, unless that is to be `positive`, as far below
  /// zero as a bound of its eigenvalues lies above: far from every eigenvector of k. Returns tau; 0
  /// if there is no Q.
  double fill(double* k, Index ld, bool positive) const;

  /// |Q^T e_i|^2: the leverage of a row.
  double leverage(Index row) const;

  Index columns() const { return columns_; }

 private:
  Index n_;
  Index q_;                  // free features
  Index rank_;               // of their columns
  Index columns_;            // of basis_
  Buffer<double> basis_;     // n x columns_: ones first, if present
  Buffer<double> singular_;  // of the free features
  Buffer<double> vt_;        // min(n, q) x q
};

}  // namespace elltwo
