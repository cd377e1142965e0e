#pragma once

namespace elltwo {

/// Reciprocal condition number above which the Gram matrix, formed in double, determines the answer
/// to about 12 digits, so that residuals of the original data add nothing.
inline constexpr double rcond_exact = 1e-4;

/// Reciprocal condition number below which corrections of the normal equations may not converge, so
/// that an orthogonal factorisation is used.
inline constexpr double rcond_hopeless = 1e-11;

/// Reciprocal condition number below which a Cholesky factor has no correct digit. Its answer is
/// not returned even to a caller who asks for Cholesky.
inline constexpr double rcond_singular = 1e-15;

/// Part of a row outside the span of the other rows, 1 - h of its leverage h, below which a
/// division by it amplifies rounding to the size of the result.
inline constexpr double own_direction = 1e-8;

/// Variance of a column, relative to its mean square, below which the difference of the two sums
/// has lost too many digits, so that a second pass about the mean computes it.
inline constexpr double cancellation = 1e-4;

/// Penalty over a column's sum of squares above which a coefficient found by an orthogonal
/// factorisation of rows and penalties is corrected by the normal equations: its relative error is
/// epsilon times the root of this ratio.
inline constexpr double dominant_penalty = 1e4;

}  // namespace elltwo
