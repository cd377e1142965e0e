#include "linalg/backend.hpp"

#include <algorithm>
#include <thread>

#include "linalg/blas.hpp"
#include "linalg/in_blas.hpp"
#include "linalg/narrow.hpp"
#include "parallel/interruption.hpp"
#include "parallel/platform.hpp"

namespace elltwo::blas {

using fortran::Int;
using linalg::InBlas;
using linalg::narrow;

void gemm(Op op_a, Op op_b, Index m, Index n, Index k, double alpha, const double* a, Index lda,
          const double* b, Index ldb, double beta, double* c, Index ldc) {
  const InBlas guard;
  const char ta = static_cast<char>(op_a);
  const char tb = static_cast<char>(op_b);
  const Int mm = narrow(m), nn = narrow(n), kk = narrow(k);
  const Int la = narrow(lda), lb = narrow(ldb), lc = narrow(ldc);
  fortran::dgemm(&ta, &tb, &mm, &nn, &kk, &alpha, a, &la, b, &lb, &beta, c, &lc);
}

void gemm(Op op_a, Op op_b, Index m, Index n, Index k, float alpha, const float* a, Index lda,
          const float* b, Index ldb, float beta, float* c, Index ldc) {
  const InBlas guard;
  const char ta = static_cast<char>(op_a);
  const char tb = static_cast<char>(op_b);
  const Int mm = narrow(m), nn = narrow(n), kk = narrow(k);
  const Int la = narrow(lda), lb = narrow(ldb), lc = narrow(ldc);
  fortran::sgemm(&ta, &tb, &mm, &nn, &kk, &alpha, a, &la, b, &lb, &beta, c, &lc);
}

void gemm(Op op_a, Op op_b, Index m, Index n, Index k, double alpha, const double* a, Index lda,
          const double* b, Index ldb, double beta, double* c, Index ldc, Monitor& monitor) {
  constexpr double brief = 2e9;  // operations, 0.1 s at 20 Gflop/s
  const double column = 2.0 * static_cast<double>(m) * static_cast<double>(std::max<Index>(k, 1));
  const auto wanted = static_cast<Index>(std::min(brief / column, static_cast<double>(n)));
  const Index step = std::max<Index>(64, wanted / 64 * 64);
  for (Index j = 0; j < n; j += step) {
    check(monitor);
    gemm(op_a, op_b, m, std::min(step, n - j), k, alpha, a, lda,
         b + (op_b == Op::none ? j * ldb : j), ldb, beta, c + j * ldc, ldc);
  }
}

void syrk(Uplo uplo, Index n, Index k, double alpha, const double* a, Index lda, double beta,
          double* c, Index ldc) {
  const InBlas guard;
  const char ul = static_cast<char>(uplo);
  const char trans = 'N';
  const Int nn = narrow(n), kk = narrow(k), la = narrow(lda), lc = narrow(ldc);
  fortran::dsyrk(&ul, &trans, &nn, &kk, &alpha, a, &la, &beta, c, &lc);
}

void syrk(Uplo uplo, Index n, Index k, float alpha, const float* a, Index lda, float beta, float* c,
          Index ldc) {
  const InBlas guard;
  const char ul = static_cast<char>(uplo);
  const char trans = 'N';
  const Int nn = narrow(n), kk = narrow(k), la = narrow(lda), lc = narrow(ldc);
  fortran::ssyrk(&ul, &trans, &nn, &kk, &alpha, a, &la, &beta, c, &lc);
}

void symm(Uplo uplo, Index m, Index n, double alpha, const double* a, Index lda, const double* b,
          Index ldb, double beta, double* c, Index ldc) {
  const InBlas guard;
  const char side = 'L';
  const char ul = static_cast<char>(uplo);
  const Int mm = narrow(m), nn = narrow(n), la = narrow(lda), lb = narrow(ldb), lc = narrow(ldc);
  fortran::dsymm(&side, &ul, &mm, &nn, &alpha, a, &la, b, &lb, &beta, c, &lc);
}

void trsm(Side side, Uplo uplo, Op op, Index m, Index n, const double* a, Index lda, double* b,
          Index ldb) {
  const InBlas guard;
  const char sd = static_cast<char>(side), ul = static_cast<char>(uplo), ta = static_cast<char>(op);
  const char diag = 'N';
  const double one = 1.0;
  const Int mm = narrow(m), nn = narrow(n), la = narrow(lda), lb = narrow(ldb);
  fortran::dtrsm(&sd, &ul, &ta, &diag, &mm, &nn, &one, a, &la, b, &lb);
}

void trsm(Side side, Uplo uplo, Op op, Index m, Index n, const float* a, Index lda, float* b,
          Index ldb) {
  const InBlas guard;
  const char sd = static_cast<char>(side), ul = static_cast<char>(uplo), ta = static_cast<char>(op);
  const char diag = 'N';
  const float one = 1.0F;
  const Int mm = narrow(m), nn = narrow(n), la = narrow(lda), lb = narrow(ldb);
  fortran::strsm(&sd, &ul, &ta, &diag, &mm, &nn, &one, a, &la, b, &lb);
}

void trsv(Op op, Index n, const float* a, Index lda, float* x) {
  const InBlas guard;
  const char ul = 'L', ta = static_cast<char>(op), diag = 'N';
  const Int nn = narrow(n), la = narrow(lda), one = 1;
  fortran::strsv(&ul, &ta, &diag, &nn, a, &la, x, &one);
}

#if defined(ELLTWO_BLAS_SYSTEM)
// A system library is shared with the rest of the process: its thread count is not ours to change.
void use_one_thread() {}
std::string description() { return "system"; }
#else
void use_one_thread() {
  if (fortran::scipy_openblas_get_num_threads() != 1) fortran::scipy_openblas_set_num_threads(1);
}
std::string description() { return fortran::scipy_openblas_get_config(); }
#endif

}  // namespace elltwo::blas

namespace elltwo::linalg {
namespace {

[[maybe_unused]] const bool registered = [] {
  platform::at_fork(InBlas::before_fork, InBlas::after_fork_in_parent, InBlas::after_fork_in_child);
  return true;
}();

}  // namespace

// Others may set the thread pools of every BLAS that they find in the process, ours among them.
void InBlas::enter() {
  blas::use_one_thread();
  for (;;) {
    inside.fetch_add(1);
    if (forking.load() == 0) return;
    inside.fetch_sub(1);
    while (forking.load() != 0) std::this_thread::yield();
  }
}

void InBlas::before_fork() {
  forking.fetch_add(1);
  while (inside.load() != 0) std::this_thread::yield();
}

void InBlas::after_fork_in_parent() { forking.fetch_sub(1); }

// The other threads, those about to enter or to fork as well among them, do not exist in the child.
void InBlas::after_fork_in_child() {
  inside.store(0);
  forking.store(0);
}

}  // namespace elltwo::linalg
