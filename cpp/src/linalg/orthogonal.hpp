#pragma once

#include "linalg/buffer.hpp"

namespace elltwo {

/// [R | C] <- Q^T [R | C; X | Y] for n_new rows under an upper triangle of order p: afterwards
/// `stack` (column-major, at least p + n_new rows, p + t columns) holds the new R and C on top.
void fold_rows(Index p, Index n_new, Index t, double* stack, Index ld);

/// Least squares with a triangle: minimises |R z - c|, of minimum norm where R is rank deficient.
struct TriangularFit {
  double rcond = 0.0;
  Index rank = 0;
  bool used_svd = false;
};

/// Solves in place for t columns of c (p x t). Columns of R are equilibrated by powers of two; if
/// the rest is singular to working precision, or `force_svd`, the rank is decided from singular
/// values above n_rows * eps and of all solutions that with the least sum of (metric_j z_j)^2 is
/// taken.
TriangularFit solve_triangle(Index p, const double* r, Index ldr, Index n_rows, bool force_svd,
                             const double* metric, double* c, Index t, Index ldc);

}  // namespace elltwo
