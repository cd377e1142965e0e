#include <algorithm>
#include <cmath>
#include <limits>

#include "linalg/lapack.hpp"
#include "linalg/lapack_calls.hpp"
#include "linalg/matrix_vector.hpp"
#include "parallel/interruption.hpp"

// The singular value decomposition as LAPACK's dgesdd goes about it, and with checks between steps.
namespace elltwo::lapack {
namespace {

using fortran::Int;
using linalg::InBlas;
using linalg::narrow;

// dlabrd for m >= n: reduces the first `panel` rows and columns of a (m x n). From the rest
// V y^T + x U^T has to be subtracted, for the reflectors V below the diagonal and U right of it.
void reduce_panel(Index m, Index n, double* a, Index lda, double* d, double* e, double* tau_q,
                  double* tau_p, double* x, double* y, Monitor& monitor) {
  for (Index i = 0; i < panel; ++i) {
    check(monitor);
    const Index rows = m - i, right = n - i - 1;
    double* v = a + i * (lda + 1);
    double* u = v + lda;
    gemv('N', rows, i, -1.0, a + i, lda, y + i, n, 1.0, v, 1);
    gemv('N', rows, i, -1.0, x + i, m, a + i * lda, 1, 1.0, v, 1);
    tau_q[i] = reflector(rows, v, a + std::min(i + 1, m - 1) + i * lda, 1);
    d[i] = *v;
    if (right == 0) {
      tau_p[i] = 0.0;
      return;
    }
    *v = 1.0;
    double* yi = y + i * n + i + 1;
    gemv('T', rows, right, 1.0, u, lda, v, 1, 0.0, yi, 1);
    gemv('T', rows, i, 1.0, a + i, lda, v, 1, 0.0, y + i * n, 1);
    gemv('N', right, i, -1.0, y + i + 1, n, y + i * n, 1, 1.0, yi, 1);
    gemv('T', rows, i, 1.0, x + i, m, v, 1, 0.0, y + i * n, 1);
    gemv('T', i, right, -1.0, a + (i + 1) * lda, lda, y + i * n, 1, 1.0, yi, 1);
    for (Index k = 0; k < right; ++k) yi[k] *= tau_q[i];
    gemv('N', right, i + 1, -1.0, y + i + 1, n, a + i, lda, 1.0, u, lda);
    gemv('T', i, right, -1.0, a + (i + 1) * lda, lda, x + i, m, 1.0, u, lda);
    tau_p[i] = reflector(right, u, a + i + std::min(i + 2, n - 1) * lda, lda);
    e[i] = *u;
    *u = 1.0;
    check(monitor);
    const Index below = rows - 1;
    double* xi = x + i * m + i + 1;
    gemv('N', below, right, 1.0, u + 1, lda, u, lda, 0.0, xi, 1);
    gemv('T', right, i + 1, 1.0, y + i + 1, n, u, lda, 0.0, x + i * m, 1);
    gemv('N', below, i + 1, -1.0, a + i + 1, lda, x + i * m, 1, 1.0, xi, 1);
    gemv('N', i, right, 1.0, a + (i + 1) * lda, lda, u, lda, 0.0, x + i * m, 1);
    gemv('N', below, i, -1.0, x + i + 1, m, x + i * m, 1, 1.0, xi, 1);
    for (Index k = 0; k < below; ++k) xi[k] *= tau_p[i];
  }
}

/// Q^T a P upper bidiagonal, for a of m x n with m >= n.
struct Bidiagonal {
  Buffer<double> e, tau_q, tau_p;

  // dgebrd; the diagonal becomes d, and a the reflectors of Q and P.
  Bidiagonal(Index m, Index n, double* a, Index lda, double* d, Monitor& monitor)
      : e(n), tau_q(n), tau_p(n) {
    constexpr Index unblocked = 128;  // the last columns, as in LAPACK
    Buffer<double> x(m * panel), y(n * panel);
    Index i = 0;
    for (; i < n - unblocked; i += panel) {
      double* block = a + i * (lda + 1);
      const Index rows = m - i, columns = n - i;
      reduce_panel(rows, columns, block, lda, d + i, e.data() + i, tau_q.data() + i,
                   tau_p.data() + i, x.data(), y.data(), monitor);
      const Index below = rows - panel, right = columns - panel;
      double* rest = block + panel * (lda + 1);
      blas::gemm(blas::Op::none, blas::Op::transpose, below, right, panel, -1.0, block + panel, lda,
                 y.data() + panel, columns, 1.0, rest, lda);
      blas::gemm(blas::Op::none, blas::Op::none, below, right, panel, -1.0, x.data() + panel, rows,
                 block + panel * lda, lda, 1.0, rest, lda);
      for (Index j = 0; j < panel; ++j) {
        block[j * (lda + 1)] = d[i + j];
        block[j * (lda + 1) + lda] = e[i + j];
      }
    }
    const InBlas guard;
    const Int rows = narrow(m - i), columns = narrow(n - i), la = narrow(lda);
    Buffer<double> work(std::max(m, n));
    Int info = 0;
    fortran::dgebd2(&rows, &columns, a + i * (lda + 1), &la, d + i, e.data() + i, tau_q.data() + i,
                    tau_p.data() + i, work.data(), &info);
    throw_if_bug(info, "gebd2");
  }

  // vt = vt P^T for vt n x n (dormbr with dormlq).
  void apply_p(Index n, const double* a, Index lda, double* vt, Index ldvt,
               Monitor& monitor) const {
    const Index k = n - 1;
    for (Index i = (k - 1) / panel * panel; k > 0 && i >= 0; i -= panel) {
      check(monitor);
      const InBlas guard;
      const char right = 'R', trans = 'T', forward = 'F', rowwise = 'R';
      const Index size = std::min(panel, k - i);
      const Int rows = narrow(n), columns = narrow(k - i), reflectors = narrow(size),
                la = narrow(lda), lv = narrow(ldvt);
      const double* v = a + i + (i + 1) * lda;
      Buffer<double> t(size * size), work(n * size);
      fortran::dlarft(&forward, &rowwise, &columns, &reflectors, v, &la, tau_p.data() + i, t.data(),
                      &reflectors);
      fortran::dlarfb(&right, &trans, &forward, &rowwise, &rows, &columns, &reflectors, v, &la,
                      t.data(), &reflectors, vt + (i + 1) * ldvt, &lv, work.data(), &rows);
    }
  }
};

// Singular values and vectors of an upper bidiagonal matrix.
bool bdsdc(Index n, double* d, double* e, double* u, Index ldu, double* vt, Index ldvt) {
  const InBlas guard;
  const char uplo = 'U', compq = 'I';
  const Int nn = narrow(n), lu = narrow(ldu), lv = narrow(ldvt);
  Buffer<double> work(3 * n * n + 4 * n);
  Buffer<Int> iwork(8 * n);
  double no_q = 0.0;
  Int no_iq = 0, info = 0;
  fortran::dbdsdc(&uplo, &compq, &nn, d, e, u, &lu, vt, &lv, &no_q, &no_iq, work.data(),
                  iwork.data(), &info);
  throw_if_bug(info, "bdsdc");
  return info == 0;
}

// For m >= n.
bool tall_svd(Index m, Index n, double* a, Index lda, double* s, double* u, Index ldu, double* vt,
              Index ldvt, Monitor& monitor) {
  Bidiagonal form(m, n, a, lda, s, monitor);
  for (Index j = 0; j < n; ++j) std::fill_n(u + j * ldu, m, 0.0);
  if (!bdsdc(n, s, form.e.data(), u, ldu, vt, ldvt)) return false;
  ormqr(blas::Op::none, m, n, n, a, lda, form.tau_q.data(), u, ldu, monitor);
  form.apply_p(n, a, lda, vt, ldvt, monitor);
  return true;
}

// The decomposition of R where a = Q R has far more rows than columns.
bool very_tall_svd(Index m, Index n, double* a, Index lda, double* s, double* u, Index ldu,
                   double* vt, Index ldvt, Monitor& monitor) {
  Buffer<double> tau(n);
  geqrf(m, n, a, lda, tau.data(), monitor);
  auto r = Buffer<double>::zeros(n * n);
  for (Index j = 0; j < n; ++j) std::copy_n(a + j * lda, j + 1, r.data() + j * n);
  for (Index j = 0; j < n; ++j) std::fill_n(u + j * ldu + n, m - n, 0.0);
  if (!tall_svd(n, n, r.data(), n, s, u, ldu, vt, ldvt, monitor)) return false;
  ormqr(blas::Op::none, m, n, n, a, lda, tau.data(), u, ldu, monitor);
  return true;
}

void transpose(Index m, Index n, const double* a, Index lda, double* out, Index ldo) {
  constexpr Index block = 32;
  for (Index j0 = 0; j0 < n; j0 += block) {
    for (Index i = 0; i < m; ++i) {
      for (Index j = j0; j < std::min(n, j0 + block); ++j) out[i * ldo + j] = a[j * lda + i];
    }
  }
}

bool in_one_call(Index m, Index n, double* a, Index lda, double* s, double* u, Index ldu,
                 double* vt, Index ldvt) {
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

}  // namespace

bool gesdd(Index m, Index n, double* a, Index lda, double* s, double* u, Index ldu, double* vt,
           Index ldvt, Monitor& monitor) {
  const Index small = std::min(m, n);
  if (8.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(small) < brief) {
    return in_one_call(m, n, a, lda, s, u, ldu, vt, ldvt);
  }
  if (m < n) {
    Buffer<double> at(m * n), left(n * m), right(m * m);
    transpose(m, n, a, lda, at.data(), n);
    if (!gesdd(n, m, at.data(), n, s, left.data(), n, right.data(), m, monitor)) return false;
    transpose(n, m, left.data(), n, vt, ldvt);
    transpose(m, m, right.data(), m, u, ldu);
    return true;
  }
  if (6 * m >= 11 * n) return very_tall_svd(m, n, a, lda, s, u, ldu, vt, ldvt, monitor);
  return tall_svd(m, n, a, lda, s, u, ldu, vt, ldvt, monitor);
}

}  // namespace elltwo::lapack
