#pragma once

#include "elltwo/moments.hpp"
#include "gram/running_sums.hpp"

namespace elltwo {

/// Moments as the solvers take them, about the means or about zero, and the units they come in. Throws
/// std::invalid_argument if there are no rows.
ScaledMoments moments_for(const Moments& moments, bool centred, const RidgeOptions& options,
                          SumUnits& units);

}  // namespace elltwo
