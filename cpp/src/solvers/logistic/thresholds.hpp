#pragma once

#include "elltwo/views.hpp"

namespace elltwo {

// The constants that several logistic files share. "Optimality" is the relative gradient
// max_j |g_j| / (|x_j| |r|): the largest cosine between a column and the residuals.

/// A fit whose tolerance is at most this is polished: beyond the tolerance it takes further steps
/// for as long as each of them at least halves the optimality.
inline constexpr double tol_of_polished_fits = 1e-8;

/// Optimality at which polishing ends. Residuals are rounded to about 1e-16 of their size, so that
/// another step would gain a digit at most.
inline constexpr double polished_optimality = 1e-13;

/// Sufficient decrease (Armijo): a step is accepted if it lowers the objective by at least this
/// part of what the gradient at its start promises.
inline constexpr double sufficient_decrease = 1e-4;

/// Rounding of the objective, relative to its size: smaller differences between two points are
/// noise.
inline constexpr double objective_noise = 1e-13;

/// Steps between two searches for a direction that separates the classes. A fit that has a minimum
/// seldom takes as many.
inline constexpr int separation_interval = 10;

// Where the classes may be separable. The gradient along a unit direction d that separates is
// sum_i r_i m_i, with residuals r and margins m, so that the smallest residual of a row with a
// margin is at most gradient / m.

/// A residual of at most this many times the gradient makes the search for such a direction due,
/// however short the last step was: in a metric that is damped, or no Hessian, steps may be short.
inline constexpr double small_residual = 1e2;

/// The optimality that rounding leaves.
inline constexpr double least_optimality = 1e-15;

/// A penalty above this many times the squared norm of its column leaves nothing of the coefficient
/// in a linear predictor: the coefficient is held at its prior mean while the others are fitted.
inline constexpr double dwarfing_penalty = 1e30;

/// Columns from which products in float are worth a conversion: narrower ones gain nothing.
inline constexpr Index least_columns_for_float = 48;

// A Hessian from products in float is formed again in double where its reciprocal condition number
// falls below one of the next two numbers. They differ by intent: a Newton step may be wrong, since
// the next gradient is exact and corrects it; a leverage is an answer.

/// For steps: below this, rounding in float decides their direction.
inline constexpr double least_rcond_for_float_steps = 2e-6;

/// For leverages: below this, they have fewer than two correct digits.
inline constexpr double least_rcond_for_float_leverages = 1e-5;

}  // namespace elltwo
