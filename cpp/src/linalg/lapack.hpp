#pragma once

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"
#include "linalg/blas.hpp"
#include "linalg/buffer.hpp"

/// Column-major LAPACK. A negative info is a defect of the caller and throws std::logic_error; a
/// positive one is a property of the matrix, for which functions return false. Functions that take
/// a
/// monitor are made of LAPACK's and BLAS's steps, in LAPACK's order, ask it between these, and
/// throw
/// Interrupted.
namespace elltwo::lapack {

/// Cholesky factor in place of the given triangle; false if the matrix is not positive definite.
bool potrf(blas::Uplo uplo, Index n, double* a, Index lda);

/// The same in single precision.
bool potrf(blas::Uplo uplo, Index n, float* a, Index lda);

/// Reciprocal condition number in the 1-norm, estimated from the Cholesky factor and the matrix's
/// norm.
double pocon(blas::Uplo uplo, Index n, const double* a, Index lda, double norm, Monitor& monitor);

/// Reciprocal condition number of an upper triangle in the 1-norm.
double trcon(Index n, const double* a, Index lda, Monitor& monitor);

/// Householder QR of a (m x n) in place; tau has min(m, n) entries.
void geqrf(Index m, Index n, double* a, Index lda, double* tau, Monitor& monitor);

/// c = Q^T c or Q c for the k reflectors in a; c is m x n.
void ormqr(blas::Op op, Index m, Index n, Index k, const double* a, Index lda, const double* tau,
           double* c, Index ldc, Monitor& monitor);

/// The n x n matrix Q of n reflectors overwrites them.
void orgqr(Index n, double* a, Index lda, const double* tau, Monitor& monitor);

/// Eigenvalues s, ascending, of a symmetric matrix given by its lower triangle; orthonormal
/// eigenvectors overwrite a. False if they did not converge.
bool syevd(Index n, double* a, Index lda, double* s, Monitor& monitor);

/// Tridiagonal form Q^T a Q, with diagonal d (n) and subdiagonal e (n - 1), of a symmetric matrix
/// given by its lower triangle; Q overwrites a.
void tridiagonalise(Index n, double* a, Index lda, double* d, double* e, Monitor& monitor);

/// Eigenvalues, ascending, and orthonormal eigenvectors z of a symmetric tridiagonal matrix, by
/// divide and conquer. The eigenvalues overwrite its diagonal d; its subdiagonal e is destroyed.
/// False if they did not converge.
bool stedc(Index n, double* d, double* e, double* z, Index ldz, Monitor& monitor);

/// Eigenvalues of a symmetric tridiagonal matrix, ascending, overwrite its diagonal d; its
/// subdiagonal e is destroyed. False if they did not converge.
bool sterf(Index n, double* d, double* e, Monitor& monitor);

/// Thin SVD a = u diag(s) vt of an m x n matrix (destroyed); false if it did not converge.
bool gesdd(Index m, Index n, double* a, Index lda, double* s, double* u, Index ldu, double* vt,
           Index ldvt, Monitor& monitor);

}  // namespace elltwo::lapack
