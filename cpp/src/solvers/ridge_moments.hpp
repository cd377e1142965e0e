#pragma once

#include <optional>

#include "elltwo/ridge.hpp"
#include "gram/moments.hpp"

namespace elltwo {

/// ridge() for data whose moments, scaled by nothing but what Problem scales weights by and with
/// products formed in double, may be known already; they are used where the normal equations of the
/// features are what is solved.
template <Real T>
SolveInfo ridge_from_moments(const RidgeData<T>& data, std::optional<Moments> moments,
                             const RidgeOptions& options, Monitor& monitor, std::span<double> coef,
                             std::span<double> intercept);

}  // namespace elltwo
