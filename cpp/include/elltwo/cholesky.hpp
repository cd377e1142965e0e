#pragma once

#include "elltwo/views.hpp"

/// Small symmetric positive definite systems A x = b. A is n x n and row-major with contiguous
/// rows; only its lower triangle is read.
namespace elltwo {

/// The largest n for which these functions allocate no memory.
inline constexpr Index small_posdef = 32;

/// Writes L with L L^T = A into the lower triangle of `lower`, which may be `a` itself. False, with
/// an unspecified `lower`, unless A is finite and positive definite to working precision, l_jj^2 >
/// n eps a_jj for all j.
bool cholesky_factor(Index n, const double* a, Index a_stride, double* lower, Index lower_stride);

/// Solves L L^T x = b in place for the columns of b (n x n_rhs, any strides). False at the first
/// column whose solution is not finite: that column and the following ones keep their values.
bool cholesky_solve(Index n, Index n_rhs, const double* lower, Index lower_stride, double* b,
                    Index b_row_stride, Index b_col_stride);

/// Reciprocal condition number in the 1-norm of the unit-diagonal matrix S L L^T S with diagonal S.
/// Both norms are estimated from below (Hager 1984; Higham 1988), so that the true value is at most
/// this one, and seldom less than a third of it.
double cholesky_rcond(Index n, const double* lower, Index lower_stride);

}  // namespace elltwo
