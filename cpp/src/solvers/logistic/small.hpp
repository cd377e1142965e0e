#pragma once

#include "elltwo/logistic.hpp"

namespace elltwo {

/// One fit of two classes, small and without any of the options, by Newton steps on a packed copy.
/// Returns false, leaving the outputs unspecified, where something else is asked for or the descent is
/// not plain; data must have been validated.
template <Real T>
bool logistic_small(const LogisticData<T>& data, std::span<const double> alphas,
                    const LogisticOptions& options, std::span<double> coef,
                    std::span<double> intercept, LogisticInfo& info);

}  // namespace elltwo
