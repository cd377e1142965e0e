#pragma once

#include "linalg/buffer.hpp"
#include "linalg/cholesky.hpp"

namespace elltwo {

/// A symmetric positive definite system that is scaled by powers of two to a diagonal within [1,
/// 4), without rounding, and factored by Cholesky.
class PosDefSystem {
 public:
  /// For a column-major n x n matrix with a positive diagonal, of which the lower triangle is read.
  PosDefSystem(Index n, Buffer<double> lower) : n_(n), factor_(std::move(lower)) {}

  /// False if the matrix is not positive definite. Throws Interrupted.
  bool factor(int n_threads, Monitor& monitor);

  /// Reciprocal condition number in the 1-norm of the scaled matrix, estimated; 0 before factor().
  double rcond() const { return rcond_; }

  /// Solves for the n_rhs columns of rhs in place, blocks of columns on several threads. Throws
  /// Interrupted.
  void solve(double* rhs, Index n_rhs, Index ld, int n_threads, Monitor& monitor) const;

  /// The same for few columns.
  void solve(double* rhs, Index n_rhs, Index ld, int n_threads) const {
    Monitor nobody;
    solve(rhs, n_rhs, ld, n_threads, nobody);
  }

  /// The diagonal of the inverse of the matrix before scaling, in n^3 / 3 operations, blocks of
  /// columns on several threads. Throws Interrupted.
  Buffer<double> inverse_diagonal(int n_threads, Monitor& monitor) const;

  /// The lower triangle V, column-major, of V^T V = inverse of the matrix before scaling, blocks of
  /// columns on several threads. Throws Interrupted.
  Buffer<double> inverse_factor(int n_threads, Monitor& monitor) const;

 private:
  void equilibrate(Monitor& monitor);
  double one_norm(Monitor& monitor) const;
  void solve_block(double* rhs, Index n_rhs, Index ld) const;

  Index n_;
  Buffer<double> factor_;
  Buffer<double> scale_;
  double rcond_ = 0.0;
};

/// The power of two s for which s * sqrt(x) lies in [1, 2), x positive and finite.
double inverse_sqrt_power_of_two(double x);

}  // namespace elltwo
