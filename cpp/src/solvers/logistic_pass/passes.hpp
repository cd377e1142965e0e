#pragma once

#include "elltwo/monitor.hpp"
#include "solvers/logistic_pass/point_terms.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// Whether a pass met predictors that are NaN or infinite; its sums are then worthless.
enum class PassOutcome { finite, not_finite };

/// Adds the sums of dense rows to `out`. Bits do not depend on n_threads. Throws Interrupted.
template <Real S>
PassOutcome pass_over(const PassPoints& points, const MatrixView<S>& x,
                      const LogisticPassRows& rows, int n_threads, Monitor& monitor, PassSums& out);

/// The same of sparse rows, but without the matrices, for which it writes the roots.
template <Real S>
PassOutcome pass_over_sparse(const PassPoints& points, const SparseRows<S>& x,
                             const LogisticPassRows& rows, const CurvatureRoots& roots,
                             int n_threads, Monitor& monitor, PassSums& out);

}  // namespace elltwo
