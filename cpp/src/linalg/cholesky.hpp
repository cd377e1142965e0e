#pragma once

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

enum class CholeskyOutcome { done, not_positive_definite, interrupted };

/// Lower Cholesky factor of a column-major n x n matrix in place, by tiles on our own threads.
/// The tiling, and so every bit of the result, depends on n alone.
CholeskyOutcome cholesky(Index n, double* a, Index lda, int n_threads, Monitor& monitor);

}  // namespace elltwo
