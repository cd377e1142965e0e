#pragma once

#include "elltwo/views.hpp"

/// Small symmetric positive definite systems A x = b. A is n x n and row-major with contiguous rows; its
/// lower triangle counts. Nothing is allocated up to small_posdef entries a side.
namespace elltwo {

inline constexpr Index small_posdef = 32;

/// Writes L with L L^T = A into the lower triangle of `lower`, which may be `a` itself. False, leaving
/// `lower` unspecified, unless A is finite and positive definite to working precision: every square of
/// a pivot above n eps a_jj.
bool cholesky_factor(Index n, const double* a, Index a_stride, double* lower, Index lower_stride);

/// Solves L L^T x = b for the columns of b, n x n_rhs with any strides, in place. False, leaving b
/// as it was from the offending column on, where a solution is not finite.
bool cholesky_solve(Index n, Index n_rhs, const double* lower, Index lower_stride, double* b,
                    Index b_row_stride, Index b_col_stride);

/// Reciprocal condition number in the 1-norm of the unit-diagonal matrix S L L^T S. Both norms are
/// estimated from below (Hager 1984; Higham 1988), so that the truth is seldom a third of it, and never more.
double cholesky_rcond(Index n, const double* lower, Index lower_stride);

}  // namespace elltwo
