#pragma once

namespace elltwo {

/// Fits held to a tolerance of at most this go on below it while steps halve the optimality,
inline constexpr double tol_of_exact_fits = 1e-8;

/// down to what a further step would hardly improve.
inline constexpr double polished_optimality = 1e-13;

}  // namespace elltwo
