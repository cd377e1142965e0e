#pragma once

#include <vector>

#include "elltwo/monitor.hpp"
#include "linalg/buffer.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// The number of products in the upper triangle of X^T X, which decides what a Gram matrix costs.
template <Real T>
double gram_products(const SparseRows<T>& x);

/// The upper triangle of X^T diag(w) X, row-major, in the upper left corner of an ld x ld matrix of zeros. w
/// may be null: ones. The bits do not depend on n_threads.
template <Real T>
Buffer<double> sparse_gram(const SparseRows<T>& x, const double* weight, Index ld, int n_threads,
                           Monitor& monitor);

/// Of every column: sums of w x, of w x^2, and of w x y.
struct SparseColumnSums {
  std::vector<double> first;
  std::vector<double> second;
  std::vector<double> cross;  ///< empty without y
};

/// weight may be null: ones. y may be null.
template <Real T>
SparseColumnSums column_sums(const SparseRows<T>& x, const double* weight, const double* y,
                             int n_threads);

/// sum of w (x - mean)^2 of every column without the cancellation of a difference, and the means to
/// their last digit. `total` is the sum of the weights. A constant column's spread is exactly zero.
template <Real T>
std::vector<double> column_spreads(const SparseRows<T>& x, const double* weight, double total,
                                   std::vector<double>& mean);

}  // namespace elltwo
