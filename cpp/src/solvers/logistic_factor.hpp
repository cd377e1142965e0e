#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "linalg/posdef.hpp"

namespace elltwo {

/// Factors a positive semidefinite system: `fill` writes the lower triangle (column-major, m x m, m = size.size()),
/// size_j^2 is what the diagonal is at most. A singular one, which only features without a penalty make, gets
/// the least addition to its diagonal that lets it be factored. False if the monitor asked to stop.
bool factor_damped(const std::vector<double>& size, const std::function<void(double*)>& fill,
                   int n_threads, Monitor& monitor, std::optional<PosDefSystem>& system);

}  // namespace elltwo
