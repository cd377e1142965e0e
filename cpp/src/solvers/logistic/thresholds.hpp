#pragma once

#include "elltwo/views.hpp"

namespace elltwo {

/// Fits held to a tolerance of at most this go on below it while steps halve the optimality.
inline constexpr double tol_of_exact_fits = 1e-8;

/// Optimality below which a further step would hardly improve such a fit.
inline constexpr double polished_optimality = 1e-13;

/// Columns from which Hessians are formed in float: narrower products gain nothing.
inline constexpr Index enough_for_float = 48;

/// Reciprocal condition number below which Hessians are formed in double: rounding in float would
/// decide directions.
inline constexpr double rcond_for_float = 2e-6;

/// Part of the decrease promised by the slope that a step must achieve (Armijo's condition).
inline constexpr double sufficient_decrease = 1e-4;

/// Steps between two tests for separated classes; a fit that has a minimum seldom takes as many.
inline constexpr int separation_interval = 10;

/// Penalty in units of a column's weighted sum of squares above which the column's part of the
/// predictors is below rounding.
inline constexpr double dwarfing = 1e30;

}  // namespace elltwo
