#pragma once

#include <vector>

#include "elltwo/monitor.hpp"
#include "linalg/buffer.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// The number of products in the upper triangle of X^T X, which determines the cost of
/// sparse_gram().
template <Real T>
double gram_products(const SparseRows<T>& x);

/// The upper triangle of X^T diag(w) X, row-major, in the upper left corner of an ld x ld matrix of
/// zeros. w may be null (ones). Bits do not depend on n_threads. Throws Interrupted.
template <Real T>
Buffer<double> sparse_gram(const SparseRows<T>& x, const double* weight, Index ld, int n_threads,
                           Monitor& monitor);

/// Adds the upper triangle of X^T diag(w) X to that of g, row-major with leading dimension ld, on
/// one thread and without a pause. w may be null (ones).
template <Real T>
void add_sparse_gram(const SparseRows<T>& x, const double* weight, double* g, Index ld);

/// Sums over rows, one for each column.
struct SparseColumnSums {
  std::vector<double> first;   ///< of w x
  std::vector<double> second;  ///< of w x^2
  std::vector<double> cross;   ///< of w x y; empty without y
};

/// weight may be null (ones). y may be null.
template <Real T>
SparseColumnSums column_sums(const SparseRows<T>& x, const double* weight, const double* y,
                             int n_threads);

/// Sums of w (x - mean)^2, one for each column, by deviations from the given means, which are
/// corrected to their last digit. `total` is the sum of the weights, weight may be null (ones). The
/// sum of a constant column is exactly zero.
template <Real T>
std::vector<double> column_spreads(const SparseRows<T>& x, const double* weight, double total,
                                   std::vector<double>& mean);

}  // namespace elltwo
