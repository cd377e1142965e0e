#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

// Checks that ridge and logistic regression share. Each throws std::invalid_argument that names the
// argument and the first value at fault.

/// A number with 17 digits, for messages.
std::string show(double value);

/// X must have rows and columns.
void require_not_empty(Index rows, Index cols);

void require_size(const char* name, std::size_t got, Index wanted);

/// Every value must lie in [0, max]; `range` names this interval in the message.
void require_range(const char* name, std::span<const double> values, double max, const char* range);

/// Penalty factors, one for each feature in [0, inf], or none.
void require_penalty_factors(std::span<const double> factors, Index n_features);

/// Finite prior means, `size` of them, or none.
void require_prior(std::span<const double> prior, Index size);

/// Finite weights, one for each of n rows and not all zero, or none.
void require_weights(std::span<const double> weights, Index n, int n_threads);

void require_options(double tol, int max_iter, int n_threads);

/// No NaN and no infinity in a matrix. The message names the column if `name_column`. Throws
/// Interrupted.
template <Real T>
void require_finite(const char* name, MatrixView<T> a, bool name_column, Monitor& monitor);

}  // namespace elltwo
