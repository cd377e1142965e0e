#pragma once

#include <span>

#include "solvers/ridge_path/dual_spectrum.hpp"
#include "solvers/ridge_path/method.hpp"

namespace elltwo {

/// PathMethod::leave_one_out from the dual.
template <Real T>
void dual_leave_one_out(const DualSystem<T>& system, const DualSpectrum& spectrum,
                        std::span<const double> alphas, const LeftOutVisit& visit);

}  // namespace elltwo
