#pragma once

#include <span>

#include "elltwo/elastic_net.hpp"
#include "solvers/ridge_splits/sets.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// The rows that a path is tested on, dense or sparse.
template <Real T>
struct TestRows {
  MatrixView<T> x;              ///< all rows, unless they are sparse
  const SparseRows<T>* sparse;  ///< or null
  MatrixView<double> y;
  const SplitSets& sets;
};

/// Writes to sse[a * n_targets + target] = sum of w (y - b0 - x.b)^2 over the test rows at every
/// point a of the path, and infinity at those of n_alphas that it does not reach. From the rows,
/// by matrix products. Throws Interrupted.
template <Real T>
void squared_errors(const TestRows<T>& rows, const ElasticNetPath& path, Index target,
                    Index n_alphas, Monitor& monitor, double* sse);

}  // namespace elltwo
