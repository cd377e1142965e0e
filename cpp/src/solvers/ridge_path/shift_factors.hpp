#pragma once

#include <span>

#include "linalg/buffer.hpp"
#include "linalg/tridiagonal.hpp"

namespace elltwo {

/// Factors of T + alpha I for many alphas, side by side.
class ShiftFactors {
 public:
  ShiftFactors(const Tridiagonal& t, std::span<const double> alphas);

  Index count() const { return count_; }

  /// out[r * count() + i] = z_r^T (T + alpha_i I)^-1 z_r for rows z_r = z + r * ld; 0 at infinity.
  void inverse_forms(Index n_rows, const double* z, Index ld, double* out) const;

 private:
  Index size_;
  Index count_;
  Index padded_;
  Buffer<double> lower_;
  Buffer<double> inverse_;
};

}  // namespace elltwo
