#pragma once

#include "elltwo/views.hpp"
#include "linalg/blas.hpp"
#include "linalg/buffer.hpp"

/// Column-major LAPACK. A negative info is a defect of the caller and throws std::logic_error; a
/// positive one is a property of the matrix, for which functions return false.
namespace elltwo::lapack {

/// Cholesky factor in place of the given triangle; false if the matrix is not positive definite.
bool potrf(blas::Uplo uplo, Index n, double* a, Index lda);

/// Reciprocal condition number in the 1-norm, estimated from the Cholesky factor and the matrix's
/// norm.
double pocon(blas::Uplo uplo, Index n, const double* a, Index lda, double norm);

/// Reciprocal condition number of an upper triangle in the 1-norm.
double trcon(Index n, const double* a, Index lda);

/// Householder QR of a (m x n) in place; tau has min(m, n) entries.
void geqrf(Index m, Index n, double* a, Index lda, double* tau);

/// c = Q^T c or Q c for the k reflectors in a; c is m x n.
void ormqr(blas::Op op, Index m, Index n, Index k, const double* a, Index lda, const double* tau,
           double* c, Index ldc);

/// Eigenvalues s, ascending, of a symmetric matrix given by a triangle; orthonormal eigenvectors
/// overwrite a. False if they did not converge.
bool syevd(blas::Uplo uplo, Index n, double* a, Index lda, double* s);

/// Tridiagonal form Q^T a Q, with diagonal d (n) and subdiagonal e (n - 1), of a symmetric matrix
/// given by a triangle; Q overwrites a.
void tridiagonalise(blas::Uplo uplo, Index n, double* a, Index lda, double* d, double* e);

/// Eigenvalues of a symmetric tridiagonal matrix, ascending, overwrite its diagonal d; its
/// subdiagonal e is destroyed. False if they did not converge.
bool sterf(Index n, double* d, double* e);

/// Thin SVD a = u diag(s) vt of an m x n matrix (destroyed); false if it did not converge.
bool gesdd(Index m, Index n, double* a, Index lda, double* s, double* u, Index ldu, double* vt,
           Index ldvt);

}  // namespace elltwo::lapack
