#pragma once

#include "elltwo/ridge.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// sparse_ridge() for rows that have been checked and a problem that has been validated. Throws
/// Interrupted.
template <Real T>
SolveInfo fit_rows(SparseRows<T> x, const RidgeData<T>& data, const RidgeOptions& options,
                   Monitor& monitor, std::span<double> coef, std::span<double> intercept);

}  // namespace elltwo
