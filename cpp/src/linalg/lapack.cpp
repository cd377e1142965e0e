#include "linalg/lapack.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "linalg/backend.hpp"
#include "linalg/in_blas.hpp"
#include "linalg/narrow.hpp"

namespace elltwo::lapack {
namespace {

using fortran::Int;
using linalg::InBlas;
using linalg::narrow;

void throw_if_bug(Int info, const char* routine) {
  if (info < 0) {
    throw std::logic_error(std::string(routine) + ": argument " + std::to_string(-info) +
                           " is invalid");
  }
}

// Calls a LAPACK routine twice: first to query the size of its work array, then with this array.
template <class Routine>
void with_workspace(Routine routine) {
  double wanted = 0.0;
  routine(&wanted, -1);
  Buffer<double> work(std::max<Index>(1, static_cast<Index>(wanted)));
  routine(work.data(), narrow(work.size()));
}

}  // namespace

bool potrf(blas::Uplo uplo, Index n, double* a, Index lda) {
  const InBlas guard;
  const char ul = static_cast<char>(uplo);
  const Int nn = narrow(n), la = narrow(lda);
  Int info = 0;
  fortran::dpotrf(&ul, &nn, a, &la, &info);
  throw_if_bug(info, "potrf");
  return info == 0;
}

double pocon(blas::Uplo uplo, Index n, const double* a, Index lda, double norm) {
  const InBlas guard;
  const char ul = static_cast<char>(uplo);
  const Int nn = narrow(n), la = narrow(lda);
  Buffer<double> work(3 * n);
  Buffer<Int> iwork(n);
  double rcond = 0.0;
  Int info = 0;
  fortran::dpocon(&ul, &nn, a, &la, &norm, &rcond, work.data(), iwork.data(), &info);
  throw_if_bug(info, "pocon");
  return rcond;
}

double trcon(Index n, const double* a, Index lda) {
  const InBlas guard;
  const char norm = '1', uplo = 'U', diag = 'N';
  const Int nn = narrow(n), la = narrow(lda);
  Buffer<double> work(3 * n);
  Buffer<Int> iwork(n);
  double rcond = 0.0;
  Int info = 0;
  fortran::dtrcon(&norm, &uplo, &diag, &nn, a, &la, &rcond, work.data(), iwork.data(), &info);
  throw_if_bug(info, "trcon");
  return rcond;
}

void geqrf(Index m, Index n, double* a, Index lda, double* tau) {
  const InBlas guard;
  const Int mm = narrow(m), nn = narrow(n), la = narrow(lda);
  with_workspace([&](double* work, Int lwork) {
    Int info = 0;
    fortran::dgeqrf(&mm, &nn, a, &la, tau, work, &lwork, &info);
    throw_if_bug(info, "geqrf");
  });
}

void ormqr(blas::Op op, Index m, Index n, Index k, const double* a, Index lda, const double* tau,
           double* c, Index ldc) {
  const InBlas guard;
  const char side = 'L';
  const char trans = static_cast<char>(op);
  const Int mm = narrow(m), nn = narrow(n), kk = narrow(k), la = narrow(lda), lc = narrow(ldc);
  with_workspace([&](double* work, Int lwork) {
    Int info = 0;
    fortran::dormqr(&side, &trans, &mm, &nn, &kk, a, &la, tau, c, &lc, work, &lwork, &info);
    throw_if_bug(info, "ormqr");
  });
}

bool gesdd(Index m, Index n, double* a, Index lda, double* s, double* u, Index ldu, double* vt,
           Index ldvt) {
  const InBlas guard;
  const char jobz = 'S';
  const Int mm = narrow(m), nn = narrow(n), la = narrow(lda), lu = narrow(ldu), lv = narrow(ldvt);
  Buffer<Int> iwork(8 * std::min(m, n));
  Int info = 0;
  with_workspace([&](double* work, Int lwork) {
    fortran::dgesdd(&jobz, &mm, &nn, a, &la, s, u, &lu, vt, &lv, work, &lwork, iwork.data(), &info);
    throw_if_bug(info, "gesdd");
  });
  return info == 0;
}

bool syevd(blas::Uplo uplo, Index n, double* a, Index lda, double* s) {
  const InBlas guard;
  const char jobz = 'V', ul = static_cast<char>(uplo);
  const Int nn = narrow(n), la = narrow(lda), liwork = narrow(3 + 5 * n);
  Buffer<Int> iwork(liwork);
  Int info = 0;
  with_workspace([&](double* work, Int lwork) {
    fortran::dsyevd(&jobz, &ul, &nn, a, &la, s, work, &lwork, iwork.data(), &liwork, &info);
    throw_if_bug(info, "syevd");
  });
  return info == 0;
}

void tridiagonalise(blas::Uplo uplo, Index n, double* a, Index lda, double* d, double* e) {
  const InBlas guard;
  const char ul = static_cast<char>(uplo);
  const Int nn = narrow(n), la = narrow(lda);
  Buffer<double> tau(std::max<Index>(1, n));
  Int info = 0;
  with_workspace([&](double* work, Int lwork) {
    fortran::dsytrd(&ul, &nn, a, &la, d, e, tau.data(), work, &lwork, &info);
    throw_if_bug(info, "sytrd");
  });
  with_workspace([&](double* work, Int lwork) {
    fortran::dorgtr(&ul, &nn, a, &la, tau.data(), work, &lwork, &info);
    throw_if_bug(info, "orgtr");
  });
}

bool sterf(Index n, double* d, double* e) {
  const InBlas guard;
  const Int nn = narrow(n);
  Int info = 0;
  fortran::dsterf(&nn, d, e, &info);
  throw_if_bug(info, "sterf");
  return info == 0;
}

}  // namespace elltwo::lapack
