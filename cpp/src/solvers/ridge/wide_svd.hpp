#pragma once

#include "elltwo/monitor.hpp"
#include "linalg/buffer.hpp"
#include "solvers/ridge/unpenalised.hpp"

namespace elltwo {

struct WideSvdFit {
  double largest = 0.0;  ///< singular value
  double rcond = 0.0;    ///< smallest kept singular value over the largest
  Index rank = 0;
};

/// Solves (Z Z^T + lambda I) u = r through the singular values of Z, which never squares its
/// condition number. `zt` is Z transposed (m x n, column-major) and is destroyed; its rows must
/// already be projected, and `lost` is the sum of squares that projection has subtracted, and
/// rounded with it. r and u are n_targets x n. With lambda = 0 singular values below max(m, n) eps
/// of the largest and of the root of `lost` count as zero.
WideSvdFit wide_svd(Index m, Index n, Buffer<double> zt, double lost, double lambda,
                    Index n_targets, const double* r, double* u, Monitor& monitor);

}  // namespace elltwo
