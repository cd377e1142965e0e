#pragma once

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

/// Lower Cholesky factor of the leading columns of a column-major n x n matrix, in place, up to the
/// first column i whose squared pivot is not above least[i]. Returns their number; what follows
/// them is undefined unless all n were factored. Throws Interrupted.
Index leading_cholesky(Index n, double* a, Index lda, const double* least, Monitor& monitor);

}  // namespace elltwo
