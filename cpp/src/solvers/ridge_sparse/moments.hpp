#pragma once

#include <vector>

#include "gram/moments.hpp"
#include "solvers/ridge/problem.hpp"

namespace elltwo {

/// The Gram matrix of [x | y - y_shift | 1] or, not centred, [x | y], as gram() gives it of a dense
/// source, rows multiplied by the square roots of the weights. weight may be null: ones.
template <Real T>
GramMatrix sparse_extended_gram(const SparseRows<T>& x, MatrixView<double> y, const double* weight,
                                const std::vector<double>& y_shift, bool centred, int n_threads,
                                Monitor& monitor);

/// Whether the squares of sparse features, on the diagonal of their Gram matrix about zero, are
/// within the range of the arithmetic, columns of zeros aside.
template <Real T>
bool features_in_range(const SparseRows<T>& x, const double* weight, const GramMatrix& about_zero);

/// Moments of a problem with sparse features. Throws std::invalid_argument where squares of the
/// features are out of range.
template <Real T>
ScaledMoments sparse_moments(const Problem<T>& problem);

}  // namespace elltwo
