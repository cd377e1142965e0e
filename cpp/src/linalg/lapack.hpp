#pragma once

#include "elltwo/views.hpp"
#include "linalg/blas.hpp"
#include "linalg/buffer.hpp"

/// Column-major LAPACK. A negative info is our bug and throws; a positive one is the data's
/// property and comes back as `false`.
namespace elltwo::lapack {

/// Cholesky factor in place, given triangle; false if not positive definite.
bool potrf(blas::Uplo uplo, Index n, double* a, Index lda);

/// Reciprocal condition number in the 1-norm from the Cholesky factor and the matrix' norm.
double pocon(blas::Uplo uplo, Index n, const double* a, Index lda, double norm);

/// Reciprocal condition number of an upper triangle in the 1-norm.
double trcon(Index n, const double* a, Index lda);

/// Householder QR of a (m x n) in place; tau has min(m, n) entries.
void geqrf(Index m, Index n, double* a, Index lda, double* tau);

/// c = Q^T c or Q c for the k reflectors in a; c is m x n.
void ormqr(blas::Op op, Index m, Index n, Index k, const double* a, Index lda, const double* tau,
           double* c, Index ldc);

/// Eigenvalues s, ascending, and orthonormal eigenvectors, in a's place, of a symmetric matrix given
/// by a triangle; false if they did not converge.
bool syevd(blas::Uplo uplo, Index n, double* a, Index lda, double* s);

/// Brings a symmetric matrix, given by a triangle, to tridiagonal form Q^T a Q with diagonal d (n)
/// and e (n - 1) beside it; Q takes a's place.
void tridiagonalise(blas::Uplo uplo, Index n, double* a, Index lda, double* d, double* e);

/// Eigenvalues of a symmetric tridiagonal matrix, ascending, in d's place (e is destroyed); false if
/// they did not converge.
bool sterf(Index n, double* d, double* e);

/// Thin SVD a = u diag(s) vt of an m x n matrix (destroyed); false if it did not converge.
bool gesdd(Index m, Index n, double* a, Index lda, double* s, double* u, Index ldu, double* vt,
           Index ldvt);

}  // namespace elltwo::lapack
