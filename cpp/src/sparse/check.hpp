#pragma once

#include "elltwo/views.hpp"

namespace elltwo {

/// Throws std::invalid_argument, naming X and what is wrong, unless every line of the matrix lies within
/// its arrays, every place within the matrix, and every value is finite. True if the places of every
/// line ascend, each occurring once.
template <Real T>
bool check_sparse(const SparseView<T>& x, int n_threads);

/// Throws std::invalid_argument for a value that is not finite.
[[noreturn]] void throw_not_finite(double value, Index row, Index column);

}  // namespace elltwo
