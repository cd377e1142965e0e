#pragma once

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

/// Lower Cholesky factor of a column-major n x n matrix in place, by tiles on several threads. Bits
/// do not depend on n_threads. False if the matrix is not positive definite. Throws Interrupted.
/// Defined for float and double.
template <Real T>
bool cholesky(Index n, T* a, Index lda, int n_threads, Monitor& monitor);

}  // namespace elltwo
