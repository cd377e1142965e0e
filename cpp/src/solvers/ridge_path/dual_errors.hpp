#pragma once

#include <span>

#include "solvers/ridge_path/dual_coefficients.hpp"

namespace elltwo {

/// PathMethod::squared_errors from the dual.
template <Real T>
void dual_squared_errors(DualCoefficients<T>& coefficients, std::span<const Index> rows,
                         std::span<const double> weight, std::span<const double> alphas,
                         double* sse);

}  // namespace elltwo
