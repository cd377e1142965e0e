#pragma once

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

/// Lower Cholesky factor of a column-major n x n matrix in place, by tiles on our own threads.
/// The tiling, and so every bit of the result, depends on n alone. False if the matrix is not positive
/// definite.
bool cholesky(Index n, double* a, Index lda, int n_threads, Monitor& monitor);

}  // namespace elltwo
