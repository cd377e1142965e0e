#pragma once

#include "elltwo/views.hpp"

namespace elltwo {

/// Throws std::invalid_argument that names X and the defect unless every line of the matrix lies
/// within its arrays, every index within the matrix, and every value is finite. Returns whether the
/// indices of every line strictly ascend.
template <Real T>
bool check_sparse(const SparseView<T>& x, int n_threads);

/// Throws std::invalid_argument that names X, a value that is not finite, and its position.
[[noreturn]] void throw_not_finite(double value, Index row, Index column);

}  // namespace elltwo
