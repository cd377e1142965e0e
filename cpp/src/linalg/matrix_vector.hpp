#pragma once

#include "elltwo/views.hpp"

/// Products with vectors, and reflectors, for reductions that go column by column.
namespace elltwo::lapack {

/// y = alpha op(a) x + beta y with a m x n, column-major.
void gemv(char op, Index m, Index n, double alpha, const double* a, Index lda, const double* x,
          Index incx, double beta, double* y, Index incy);

/// y = a x with a symmetric, given by its lower triangle.
void symv(Index n, const double* a, Index lda, const double* x, double* y);

/// x = L^-1 x (op 'N') or L^-T x (op 'T') with L n x n, lower and column-major.
void trsv(char op, Index n, const double* a, Index lda, double* x);

/// H = I - tau [1; v] [1; v]^T with H [alpha; x] = [beta; 0]: beta overwrites alpha and v x, n - 1
/// numbers. Returns tau.
double reflector(Index n, double* alpha, double* x, Index incx);

double dot(Index n, const double* x, const double* y);
double norm2(Index n, const double* x);
void axpy(Index n, double alpha, const double* x, double* y);

}  // namespace elltwo::lapack
