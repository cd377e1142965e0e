#pragma once

#include <vector>

#include "gram/moments.hpp"
#include "solvers/ridge/problem.hpp"

namespace elltwo {

/// What a Gram matrix with sparse features is formed of.
template <Real T>
struct SparseGramInput {
  const SparseRows<T>& x;
  MatrixView<double> y;
  const double* weight;                ///< null for unit weights
  const std::vector<double>& y_shift;  ///< one for every target
  bool centred;                        ///< whether a column of ones follows the targets
};

/// The Gram matrix of [x | y - y_shift | 1] or, not centred, [x | y - y_shift], rows multiplied by
/// the square roots of the weights, in the form that gram() gives it for dense features.
template <Real T>
GramMatrix sparse_extended_gram(const SparseGramInput<T>& input, int n_threads, Monitor& monitor);

/// Whether the squares of sparse features, on the diagonal of their Gram matrix about zero, are
/// within the range of the arithmetic, columns of zeros aside.
template <Real T>
bool features_in_range(const SparseRows<T>& x, const double* weight, const GramMatrix& about_zero);

/// Moments of a problem with sparse features. Throws std::invalid_argument where squares of the
/// features are out of range.
template <Real T>
ScaledMoments sparse_moments(const Problem<T>& problem);

}  // namespace elltwo
