#pragma once

#include "elltwo/logistic.hpp"

namespace elltwo {

/// Throws std::invalid_argument naming the argument unless shapes agree and all values but those of
/// X are in range, and some of the rows that are fitted has a positive weight.
template <Real T>
void validate(const LogisticData<T>& data, std::span<const double> alphas,
              const LogisticOptions& options, std::span<const double> start);

/// Throws std::invalid_argument naming the first NaN or infinity in X.
template <Real T>
void throw_if_not_finite(const LogisticData<T>& data, Monitor& monitor);

}  // namespace elltwo
