#pragma once

#include <span>

#include "solvers/ridge_path/design.hpp"
#include "solvers/ridge_path/method.hpp"
#include "solvers/ridge_path/spectrum.hpp"

namespace elltwo {

/// PathMethod::leave_one_out from the spectrum of a design.
template <Real T>
void primal_leave_one_out(const PathDesign<T>& design, const Spectrum& spectrum,
                          std::span<const double> alphas, const LeftOutVisit& visit);

}  // namespace elltwo
