#pragma once

#include <span>

#include "solvers/ridge_path/method.hpp"

namespace elltwo {

/// Leave-one-out errors of a few alphas from a Cholesky factor for each, which takes less time than
/// a decomposition of a large kernel. False, before any row is visited, where that is not so or not
/// accurate enough. Throws Interrupted.
template <Real T>
bool dual_leave_one_out_factored(DualSystem<T>& system, std::span<const double> alphas,
                                 const LeftOutVisit& visit);

}  // namespace elltwo
