#include "linalg/matrix_vector.hpp"

#include "linalg/backend.hpp"
#include "linalg/in_blas.hpp"
#include "linalg/narrow.hpp"

namespace elltwo::lapack {

using fortran::Int;
using linalg::InBlas;
using linalg::narrow;

void gemv(char op, Index m, Index n, double alpha, const double* a, Index lda, const double* x,
          Index incx, double beta, double* y, Index incy) {
  const InBlas guard;
  const Int mm = narrow(m), nn = narrow(n), la = narrow(lda), ix = narrow(incx), iy = narrow(incy);
  fortran::dgemv(&op, &mm, &nn, &alpha, a, &la, x, &ix, &beta, y, &iy);
}

void symv(Index n, const double* a, Index lda, const double* x, double* y) {
  const InBlas guard;
  const char lower = 'L';
  const double one = 1.0, zero = 0.0;
  const Int nn = narrow(n), la = narrow(lda), unit = 1;
  fortran::dsymv(&lower, &nn, &one, a, &la, x, &unit, &zero, y, &unit);
}

void trsv(char op, Index n, const double* a, Index lda, double* x) {
  const InBlas guard;
  const char lower = 'L', diagonal = 'N';
  const Int nn = narrow(n), la = narrow(lda), unit = 1;
  fortran::dtrsv(&lower, &op, &diagonal, &nn, a, &la, x, &unit);
}

double reflector(Index n, double* alpha, double* x, Index incx) {
  const InBlas guard;
  const Int nn = narrow(n), ix = narrow(incx);
  double tau = 0.0;
  fortran::dlarfg(&nn, alpha, x, &ix, &tau);
  return tau;
}

double dot(Index n, const double* x, const double* y) {
  const InBlas guard;
  const Int nn = narrow(n), unit = 1;
  return fortran::ddot(&nn, x, &unit, y, &unit);
}

double norm2(Index n, const double* x) {
  const InBlas guard;
  const Int nn = narrow(n), unit = 1;
  return fortran::dnrm2(&nn, x, &unit);
}

void axpy(Index n, double alpha, const double* x, double* y) {
  const InBlas guard;
  const Int nn = narrow(n), unit = 1;
  fortran::daxpy(&nn, &alpha, x, &unit, y, &unit);
}

}  // namespace elltwo::lapack
