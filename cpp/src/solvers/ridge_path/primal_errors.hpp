#pragma once

#include <span>

#include "solvers/ridge_path/design.hpp"
#include "solvers/ridge_path/spectrum.hpp"

namespace elltwo {

/// PathMethod::squared_errors from the spectrum of a design.
template <Real T>
void primal_squared_errors(const PathDesign<T>& design, const Spectrum& spectrum,
                           std::span<const Index> rows, std::span<const double> weight,
                           std::span<const double> alphas, double* sse);

}  // namespace elltwo
