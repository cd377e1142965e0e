#pragma once

#include "linalg/buffer.hpp"
#include "linalg/cholesky.hpp"

namespace elltwo {

/// A symmetric positive definite system, brought to a diagonal within [1, 4) by powers of two (no
/// rounding) and factored by Cholesky.
class PosDefSystem {
 public:
  /// Takes a column-major n x n matrix of which the lower triangle counts, with positive diagonal.
  PosDefSystem(Index n, Buffer<double> lower) : n_(n), factor_(std::move(lower)) {}

  /// False if the matrix is not positive definite.
  bool factor(int n_threads, Monitor& monitor);

  /// Reciprocal condition number (1-norm, estimated) of the equilibrated matrix; 0 if not factored.
  double rcond() const { return rcond_; }

  /// Solves for n_rhs columns in place, blocks of columns on several threads.
  void solve(double* rhs, Index n_rhs, Index ld, int n_threads) const;

  /// The lower triangle V, column-major, with V^T V the inverse of the matrix that was taken.
  Buffer<double> inverse_factor() const;

 private:
  void equilibrate();
  double one_norm() const;
  void solve_block(double* rhs, Index n_rhs, Index ld) const;

  Index n_;
  Buffer<double> factor_;
  Buffer<double> scale_;
  double rcond_ = 0.0;
};

/// The power of two s for which s * sqrt(x) lies in [1, 2), x positive and finite.
double inverse_sqrt_power_of_two(double x);

}  // namespace elltwo
