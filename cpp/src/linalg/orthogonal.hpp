#pragma once

#include <vector>

#include "elltwo/monitor.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// [R | C] <- Q^T [R | C; X | Y] for n_new rows under an upper triangle of order p: afterwards
/// `stack` (column-major, at least p + n_new rows, p + t columns) holds the new R and C on top.
/// Throws Interrupted.
void fold_rows(Index p, Index n_new, Index t, double* stack, Index ld, Monitor& monitor);

/// The outcome of a least-squares problem with a triangle R, minimise |R z - c|.
struct TriangularFit {
  double rcond = 0.0;     ///< reciprocal condition number of R with scaled columns
  Index rank = 0;         ///< numerical rank of R
  bool used_svd = false;  ///< else R was solved as a triangle
};

/// Which of many least-squares solutions z is taken: that with the least
///   sum_j (size_j z_j)^2 + (level - row.z)^2,
/// and of those that differ only in z_j of size 0, that with the least sum_j (unit_j z_j)^2.
struct NearestNorm {
  std::vector<double> size;   ///< at least 0
  std::vector<double> unit;   ///< above 0; not read where all sizes are
  std::vector<double> row;    ///< empty: no such term
  std::vector<double> level;  ///< one for each right-hand side
};

/// Minimises |R z - c| for t columns of c (p x t), which the solutions overwrite. Columns of R are
/// scaled by powers of two first. If the scaled R is singular to working precision, or with
/// `force_svd`, its rank is the number of singular values above max(n_rows, p) eps times the
/// largest, and of all solutions the one that is nearest in `norm` is returned. Throws
/// Interrupted.
TriangularFit solve_triangle(Index p, const double* r, Index ldr, Index n_rows, bool force_svd,
                             const NearestNorm& norm, double* c, Index t, Index ldc,
                             Monitor& monitor);

}  // namespace elltwo
