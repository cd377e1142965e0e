#pragma once

#include <vector>

#include "elltwo/logistic.hpp"

namespace elltwo {

/// Of all coefficients that give the predictors z (rows x outputs, without offsets) of some rows, those
/// nearest to the prior means in the user's units: what a fit without any penalty returns where
/// features are collinear. Writes coef (outputs x p) and intercept (outputs). False if the monitor asked
/// to stop.
template <Real T>
bool nearest_coefficients(const LogisticData<T>& data, const std::vector<Index>& rows,
                          const std::vector<double>& z, const LogisticOptions& options,
                          Monitor& monitor, double* coef, double* intercept);

}  // namespace elltwo
