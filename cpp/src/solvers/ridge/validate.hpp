#pragma once

#include "elltwo/ridge.hpp"

namespace elltwo {

/// Throws std::invalid_argument naming the argument unless shapes agree and alpha, penalty factors,
/// prior mean, weights and options are in range. Does not look at X and y.
template <Real T>
void validate(const RidgeData<T>& data, const RidgeOptions& options,
              const char* alpha_name = "alpha");

/// The same for a grid of alphas in the place of data.alpha.
template <Real T>
void validate_grid(const RidgeData<T>& data, std::span<const double> alphas,
                   const RidgeOptions& options);

/// Throws std::invalid_argument naming the first NaN or infinity in X or y, if there is one. A
/// sparse X is not in data.x, and its values have been checked before.
template <Real T>
void throw_if_not_finite(const RidgeData<T>& data, Monitor& monitor);

}  // namespace elltwo
