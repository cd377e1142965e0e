#pragma once

#include <vector>

#include "elltwo/monitor.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// The part of a dual fit that has no penalty, a free intercept and free features, as an
/// orthonormal basis Q of their weighted columns. The penalised part is fitted to what is
/// orthogonal to Q.
class Unpenalised {
 public:
  /// `ones` is the square root of the weights (n values) if there is a free intercept, else empty;
  /// `columns` (n x q, column-major) holds the free features, already orthogonal to `ones`.
  Unpenalised(Index n, const std::vector<double>& ones, Buffer<double> columns, Index q,
              Monitor& monitor);

  /// The numerical rank of the free features.
  Index rank_of_features() const { return rank_; }

  /// Coefficients beta of the free features with which they give column `direction` of their basis.
  void direction(Index direction, double* beta) const;

  /// v -= Q Q^T v.
  void project(double* v) const;

  /// beta = the shortest least-squares coefficients of v on the free features; v -= their fit.
  void fit_features(double* v, double* beta) const;

  /// k = (I - Q Q^T) k (I - Q Q^T), the lower triangle, column-major.
  void deflate(double* k, Index ld, Monitor& monitor) const;

  /// k += tau Q Q^T and returns tau; 0 if there is no Q. Where tau must be `positive` it is the
  /// mean of the diagonal, else minus an upper bound of the eigenvalues of k, so that it is far
  /// from all of them.
  double fill(double* k, Index ld, bool positive) const;

  /// |Q^T e_i|^2: the leverage of a row.
  double leverage(Index row) const;

  /// Columns of Q.
  Index columns() const { return columns_; }

 private:
  Index n_;
  Index q_;                  // number of free features
  Index rank_;               // numerical rank of the free features
  Index columns_;            // number of columns of Q
  Buffer<double> basis_;     // Q, n x columns_: the ones first, if present
  Buffer<double> singular_;  // singular values of the free features
  Buffer<double> vt_;        // right singular vectors of the free features, min(n, q) x q
};

}  // namespace elltwo
