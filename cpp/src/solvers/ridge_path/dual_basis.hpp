#pragma once

#include "solvers/ridge_path/dual_spectrum.hpp"

namespace elltwo {

/// RidgePath::basis from the dual; `out` holds zeros.
template <Real T>
void dual_basis(const DualSystem<T>& system, const DualSpectrum& spectrum, double* out);

}  // namespace elltwo
