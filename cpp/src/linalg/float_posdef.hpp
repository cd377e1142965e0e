#pragma once

#include <vector>

#include "linalg/buffer.hpp"
#include "linalg/cholesky.hpp"

namespace elltwo {

/// A symmetric positive definite system in single precision, scaled by powers of two to a diagonal
/// within [1, 4). It takes half as long as a PosDefSystem, and serves steps, whose errors the next
/// gradient shows.
class FloatPosDef {
 public:
  /// Begins a matrix with this diagonal, positive and finite. All entries of its lower triangle are
  /// set() next.
  void begin(const std::vector<double>& diagonal);
  void set(Index i, Index j, double value) {
    factor_[j * n_ + i] = static_cast<float>(value * scale_[i] * scale_[j]);
  }

  /// False if the matrix is not positive definite, or so nearly singular that rounding decides
  /// solutions. Throws Interrupted.
  bool factor(int n_threads, Monitor& monitor);

  /// Reciprocal condition number in the 1-norm of the scaled matrix, estimated when it is asked
  /// for.
  double rcond() const;

  /// Solves for one right side in place.
  void solve(double* rhs) const;

 private:
  void set_norm();
  void solve_scaled(float* rhs) const;

  Index n_ = 0;
  Buffer<float> factor_;
  std::vector<double> scale_;
  double norm_ = 0.0;  ///< the 1-norm of the scaled matrix
};

}  // namespace elltwo
