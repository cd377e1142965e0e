#pragma once

#include "elltwo/logistic.hpp"

namespace elltwo {

/// logistic_path for data that have been validated, by descent in the space of the features.
template <Real T>
std::vector<LogisticInfo> logistic_tall(const LogisticData<T>& data, std::span<const double> alphas,
                                        const LogisticOptions& options, Monitor& monitor,
                                        std::span<const double> start, std::span<double> coef,
                                        std::span<double> intercept);

}  // namespace elltwo
