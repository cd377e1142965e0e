#pragma once

#include "elltwo/moments.hpp"
#include "gram/running_sums.hpp"

namespace elltwo {

/// A bound on the relative errors of the products.
double relative_noise(const RunningSums& sums);

/// Moments in the form that solvers take, about the means or about zero; writes their units. Throws
/// std::invalid_argument if there are no rows.
ScaledMoments moments_for(const Moments& moments, bool centred, const RidgeOptions& options,
                          SumUnits& units);

}  // namespace elltwo
