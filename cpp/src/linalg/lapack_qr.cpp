#include "linalg/lapack.hpp"
#include "linalg/lapack_calls.hpp"
#include "parallel/interruption.hpp"

// Blocked as in LAPACK's drivers, with the same order of operations, and checks between blocks.
namespace elltwo::lapack {

using fortran::Int;
using linalg::InBlas;
using linalg::narrow;

void apply_block(blas::Op op, Index m, Index n, Index k, const double* v, Index ldv,
                 const double* tau, double* c, Index ldc) {
  if (m == 0 || n == 0 || k == 0) return;
  const InBlas guard;
  const char left = 'L', forward = 'F', columnwise = 'C', trans = static_cast<char>(op);
  const Int mm = narrow(m), nn = narrow(n), kk = narrow(k), lv = narrow(ldv), lc = narrow(ldc);
  Buffer<double> t(k * k), work(n * k);
  fortran::dlarft(&forward, &columnwise, &mm, &kk, v, &lv, tau, t.data(), &kk);
  fortran::dlarfb(&left, &trans, &forward, &columnwise, &mm, &nn, &kk, v, &lv, t.data(), &kk, c,
                  &lc, work.data(), &nn);
}

void geqrf(Index m, Index n, double* a, Index lda, double* tau, Monitor& monitor) {
  constexpr Index unblocked = 128;  // the last columns, as in LAPACK
  const Index k = std::min(m, n);
  Buffer<double> work(std::max<Index>(1, n));
  const auto factor = [&](Index i, Index columns) {
    const InBlas guard;
    const Int mm = narrow(m - i), nn = narrow(columns), la = narrow(lda);
    Int info = 0;
    fortran::dgeqr2(&mm, &nn, a + i * (lda + 1), &la, tau + i, work.data(), &info);
    throw_if_bug(info, "geqr2");
  };
  Index i = 0;
  for (; i < k - unblocked; i += panel) {
    check(monitor);
    const Index columns = std::min(panel, k - i);
    factor(i, columns);
    apply_block(blas::Op::transpose, m - i, n - i - columns, columns, a + i * (lda + 1), lda,
                tau + i, a + i + (i + columns) * lda, lda);
  }
  if (i < k) factor(i, n - i);
}

void ormqr(blas::Op op, Index m, Index n, Index k, const double* a, Index lda, const double* tau,
           double* c, Index ldc, Monitor& monitor) {
  if (k <= panel) {  // LAPACK applies so few one by one
    const InBlas guard;
    const char side = 'L', trans = static_cast<char>(op);
    const Int mm = narrow(m), nn = narrow(n), kk = narrow(k), la = narrow(lda), lc = narrow(ldc);
    with_workspace([&](double* work, Int lwork) {
      Int info = 0;
      fortran::dormqr(&side, &trans, &mm, &nn, &kk, a, &la, tau, c, &lc, work, &lwork, &info);
      throw_if_bug(info, "ormqr");
    });
    return;
  }
  const Index blocks = (k + panel - 1) / panel;
  for (Index b = 0; b < blocks; ++b) {
    check(monitor);
    const Index i = (op == blas::Op::transpose ? b : blocks - 1 - b) * panel;
    apply_block(op, m - i, n, std::min(panel, k - i), a + i * (lda + 1), lda, tau + i, c + i, ldc);
  }
}

void orgqr(Index n, double* a, Index lda, const double* tau, Monitor& monitor) {
  constexpr Index unblocked = 128;  // the last columns, as in LAPACK
  Buffer<double> work(std::max<Index>(1, n));
  const auto form = [&](Index i, Index rows, Index columns) {
    if (columns == 0) return;
    const InBlas guard;
    const Int mm = narrow(rows), nn = narrow(columns), la = narrow(lda);
    Int info = 0;
    fortran::dorg2r(&mm, &nn, &nn, a + i * (lda + 1), &la, tau + i, work.data(), &info);
    throw_if_bug(info, "org2r");
  };
  const Index last = n > unblocked ? (n - unblocked - 1) / panel * panel : -panel;
  const Index blocked = std::min(n, last + panel);
  for (Index j = blocked; j < n; ++j) std::fill_n(a + j * lda, blocked, 0.0);
  form(blocked, n - blocked, n - blocked);
  for (Index i = last; i >= 0; i -= panel) {
    check(monitor);
    const Index columns = std::min(panel, n - i);
    apply_block(blas::Op::none, n - i, n - i - columns, columns, a + i * (lda + 1), lda, tau + i,
                a + i + (i + columns) * lda, lda);
    form(i, n - i, columns);
    for (Index j = i; j < i + columns; ++j) std::fill_n(a + j * lda, i, 0.0);
  }
}

}  // namespace elltwo::lapack
