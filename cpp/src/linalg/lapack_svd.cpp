#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

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

// Below this part of the largest entry a bidiagonal matrix falls into parts, as in LAPACK.
constexpr double smallest_entry = 0.9 * (std::numeric_limits<double>::epsilon() / 2);

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

/// Singular values and vectors of an upper bidiagonal matrix by divide and conquer (dlasd0), with u
/// and vt identities on entry. Each part of its rows has one column more than rows, but for the
/// last one.
class BidiagonalSvd {
 public:
  BidiagonalSvd(Index n, double* d, double* e, double* u, Index ldu, double* vt, Index ldvt,
                Monitor& monitor)
      : n_(n),
        d_(d),
        e_(e),
        u_(u),
        ldu_(ldu),
        vt_(vt),
        ldvt_(ldvt),
        monitor_(monitor),
        order_(n),
        iwork_(4 * n),
        z_(n + 1),
        sigma_(n),
        u2_(n * n),
        vt2_((n + 1) * (n + 1)),
        q_(n * n) {}

  bool run() { return solve(0, n_, 0); }

 private:
  static constexpr Index leaf = 25;  // rows up to which QR iteration solves a part

  double* u(Index i, Index j) const { return u_ + i + j * ldu_; }
  double* vt(Index i, Index j) const { return vt_ + i + j * ldvt_; }

  // Rows [first, first + size) with size + extra columns.
  bool solve(Index first, Index size, Index extra) {
    if (size <= leaf) return solve_leaf(first, size, extra);
    const Index left = size / 2, right = size - left - 1;
    return solve(first, left, 1) && solve(first + left + 1, right, extra) &&
           merge(first, left, right, extra);
  }

  bool solve_leaf(Index first, Index size, Index extra) {
    check(monitor_);
    const InBlas guard;
    const char upper = 'U';
    const Int n = narrow(size), columns = narrow(size + extra), more = narrow(extra), none = 0,
              lu = narrow(ldu_), lv = narrow(ldvt_);
    Buffer<double> work(4 * size + 8);
    Int info = 0;
    fortran::dlasdq(&upper, &more, &n, &columns, &n, &none, d_ + first, e_ + first,
                    vt(first, first), &lv, u(first, first), &lu, u(first, first), &lu, work.data(),
                    &info);
    throw_if_bug(info, "lasdq");
    for (Index i = 0; i < size; ++i) order_[first + i] = narrow(i + 1);
    return info == 0;
  }

  // dlasd1: joins the parts of `left` and `right` rows by the row between them.
  bool merge(Index first, Index left, Index right, Index extra) {
    check(monitor_);
    const Index n = left + right + 1, m = n + extra;
    double* d = d_ + first;
    double alpha = d[left], beta = e_[first + left];
    d[left] = 0.0;
    double unit = std::max(std::abs(alpha), std::abs(beta));
    for (Index i = 0; i < n; ++i) unit = std::max(unit, std::abs(d[i]));
    for (Index i = 0; i < n; ++i) d[i] *= 1.0 / unit;
    alpha /= unit;
    beta /= unit;
    Int k = 0;
    Int* index = iwork_.data() + n;  // dlasd2's idxc
    Int* types = iwork_.data() + 2 * n;
    {
      const InBlas guard;
      const Int nl = narrow(left), nr = narrow(right), more = narrow(extra), lu = narrow(ldu_),
                lv = narrow(ldvt_), lu2 = narrow(n), lv2 = narrow(m);
      Int info = 0;
      fortran::dlasd2(&nl, &nr, &more, &k, d, z_.data(), &alpha, &beta, u(first, first), &lu,
                      vt(first, first), &lv, sigma_.data(), u2_.data(), &lu2, vt2_.data(), &lv2,
                      iwork_.data() + 3 * n, iwork_.data(), index, order_.data() + first, types,
                      &info);
      throw_if_bug(info, "lasd2");
    }
    if (!secular(first, left, right, extra, k, index, types)) return false;
    for (Index i = 0; i < n; ++i) d[i] *= unit;
    const InBlas guard;
    const Int n1 = k, n2 = narrow(n) - k, up = 1, down = -1;
    fortran::dlamrg(&n1, &n2, d, &up, &down, order_.data() + first);
    return true;
  }

  // dlasd3: the singular values and vectors of the joined problem of order k.
  bool secular(Index first, Index left, Index right, Index extra, Int k, const Int* index,
               const Int* types) {
    const Index n = left + right + 1, m = n + extra;
    double* d = d_ + first;
    double* uu = u(first, first);
    double* vv = vt(first, first);
    if (k == 1) {
      d[0] = std::abs(z_[0]);
      for (Index i = 0; i < m; ++i) vv[i * ldvt_] = vt2_[i * m];
      for (Index i = 0; i < n; ++i) uu[i] = z_[0] > 0.0 ? u2_[i] : -u2_[i];
      return true;
    }
    if (!roots(k, d, uu, vv)) return false;
    left_vectors(k, uu, vv, index);
    const Index c1 = types[0], c2 = types[1], c3 = types[2];
    if (k == 2) {
      multiply(n, k, k, u2_.data(), n, q_.data(), k, 0.0, uu, ldu_);
    } else {
      const Index at = 1 + c1 + c2;
      for (Index j = 0; j < k && c1 == 0 && c3 == 0; ++j) {
        std::copy_n(u2_.data() + j * n, left, uu + j * ldu_);
      }
      if (c1 > 0) multiply(left, k, c1, u2_.data() + n, n, q_.data() + 1, k, 0.0, uu, ldu_);
      if (c3 > 0) {
        multiply(left, k, c3, u2_.data() + at * n, n, q_.data() + at, k, c1 > 0 ? 1.0 : 0.0, uu,
                 ldu_);
      }
      for (Index j = 0; j < k; ++j) uu[left + j * ldu_] = q_[j * k];
      multiply(right, k, c2 + c3, u2_.data() + left + 1 + (1 + c1) * n, n, q_.data() + 1 + c1, k,
               0.0, uu + left + 1, ldu_);
    }
    right_vectors(k, vv, index);
    if (k == 2) {
      multiply(k, m, k, q_.data(), k, vt2_.data(), m, 0.0, vv, ldvt_);
      return true;
    }
    multiply(k, left + 1, 1 + c1, q_.data(), k, vt2_.data(), m, 0.0, vv, ldvt_);
    const Index at = 1 + c1 + c2;
    if (at < m && c3 > 0) {
      multiply(k, left + 1, c3, q_.data() + at * k, k, vt2_.data() + at, m, 1.0, vv, ldvt_);
    }
    if (c1 > 0) {
      std::copy_n(q_.data(), k, q_.data() + c1 * k);
      for (Index j = left + 1; j < m; ++j) vt2_[c1 + j * m] = vt2_[j * m];
    }
    multiply(k, right + extra, 1 + c2 + c3, q_.data() + c1 * k, k,
             vt2_.data() + c1 + (left + 1) * m, m, 0.0, vv + (left + 1) * ldvt_, ldvt_);
    return true;
  }

  // The roots d of the secular equation, with the differences and sums that vectors are made of in
  // uu and vv, and z computed anew from these.
  bool roots(Int k, double* d, double* uu, double* vv) {
    Buffer<double> sign(k);
    std::copy_n(z_.data(), k, sign.data());
    double rho = norm2(k, z_.data());
    for (Index i = 0; i < k; ++i) z_[i] *= 1.0 / rho;
    rho *= rho;
    for (Int j = 1; j <= k; ++j) {
      if (j % 32 == 0) check(monitor_);
      const InBlas guard;
      Int info = 0;
      fortran::dlasd4(&k, &j, sigma_.data(), z_.data(), uu + (j - 1) * ldu_, &rho, &d[j - 1],
                      vv + (j - 1) * ldvt_, &info);
      throw_if_bug(info, "lasd4");
      if (info != 0) return false;
    }
    for (Index i = 0; i < k; ++i) z_[i] = uu[i + (k - 1) * ldu_] * vv[i + (k - 1) * ldvt_];
    for (Index j = 0; j < k; ++j) {
      if (j % 256 == 0) check(monitor_);
      const double* difference = uu + j * ldu_;
      const double* sum = vv + j * ldvt_;
      // Row i takes the roots j < i with sigma_j, and those from i to k - 2 with sigma_(j + 1).
      for (Index i = j + 1; i < k; ++i) {
        z_[i] *= difference[i] * sum[i] / (sigma_[i] - sigma_[j]) / (sigma_[i] + sigma_[j]);
      }
      for (Index i = 0; i <= j && j + 1 < k; ++i) {
        z_[i] *= difference[i] * sum[i] / (sigma_[i] - sigma_[j + 1]) / (sigma_[i] + sigma_[j + 1]);
      }
    }
    for (Index i = 0; i < k; ++i) z_[i] = std::copysign(std::sqrt(std::abs(z_[i])), sign[i]);
    return true;
  }

  void left_vectors(Index k, double* uu, double* vv, const Int* index) {
    for (Index i = 0; i < k; ++i) {
      if (i % 256 == 0) check(monitor_);
      double* a = uu + i * ldu_;
      double* b = vv + i * ldvt_;
      b[0] = z_[0] / a[0] / b[0];
      a[0] = -1.0;
      for (Index j = 1; j < k; ++j) {
        b[j] = z_[j] / a[j] / b[j];
        a[j] = sigma_[j] * b[j];
      }
      const double norm = norm2(k, a);
      q_[i * k] = a[0] / norm;
      for (Index j = 1; j < k; ++j) q_[i * k + j] = a[index[j] - 1] / norm;
    }
  }

  void right_vectors(Index k, const double* vv, const Int* index) {
    for (Index i = 0; i < k; ++i) {
      if (i % 256 == 0) check(monitor_);
      const double* b = vv + i * ldvt_;
      const double norm = norm2(k, b);
      q_[i] = b[0] / norm;
      for (Index j = 1; j < k; ++j) q_[i + j * k] = b[index[j] - 1] / norm;
    }
  }

  // c = a b + beta c for a (m x inner) and b (inner x n).
  void multiply(Index m, Index n, Index inner, const double* a, Index lda, const double* b,
                Index ldb, double beta, double* c, Index ldc) {
    if (m == 0 || n == 0) return;
    blas::gemm(blas::Op::none, blas::Op::none, m, n, inner, 1.0, a, lda, b, ldb, beta, c, ldc,
               monitor_);
  }

  Index n_;
  double* d_;
  double* e_;
  double* u_;
  Index ldu_;
  double* vt_;
  Index ldvt_;
  Monitor& monitor_;
  Buffer<Int> order_, iwork_;
  Buffer<double> z_, sigma_, u2_, vt2_, q_;
};

void sort_descending(Index n, double* d, double* u, Index ldu, double* vt, Index ldvt) {
  for (Index i = 0; i + 1 < n; ++i) {
    const Index k = std::max_element(d + i, d + n) - d;
    if (k == i || !(d[k] > d[i])) continue;
    std::swap(d[i], d[k]);
    std::swap_ranges(u + i * ldu, u + i * ldu + n, u + k * ldu);
    for (Index j = 0; j < n; ++j) std::swap(vt[i + j * ldvt], vt[k + j * ldvt]);
  }
}

// Singular values, descending, and vectors of an upper bidiagonal matrix (dbdsdc).
bool bdsdc(Index n, double* d, double* e, double* u, Index ldu, double* vt, Index ldvt,
           Monitor& monitor) {
  double unit = 0.0;
  for (Index i = 0; i < n; ++i) unit = std::max(unit, std::abs(d[i]));
  for (Index i = 0; i + 1 < n; ++i) unit = std::max(unit, std::abs(e[i]));
  if (unit > 0.0) {
    for (Index i = 0; i < n; ++i) d[i] *= 1.0 / unit;
    for (Index i = 0; i + 1 < n; ++i) e[i] *= 1.0 / unit;
  }
  // Tiny diagonal entries count as that much, so that parts of the matrix have full rank.
  for (Index i = 0; i < n; ++i) {
    if (std::abs(d[i]) < smallest_entry) d[i] = std::copysign(smallest_entry, d[i]);
  }
  for (Index j = 0; j < n; ++j) {
    std::fill_n(u + j * ldu, n, 0.0);
    std::fill_n(vt + j * ldvt, n, 0.0);
    u[j * (ldu + 1)] = vt[j * (ldvt + 1)] = 1.0;
  }
  for (Index first = 0; first < n;) {
    Index last = first;
    while (last + 1 < n && std::abs(e[last]) >= smallest_entry) ++last;
    BidiagonalSvd part(last - first + 1, d + first, e + first, u + first * (ldu + 1), ldu,
                       vt + first * (ldvt + 1), ldvt, monitor);
    if (!part.run()) return false;
    first = last + 1;
  }
  for (Index i = 0; i < n; ++i) d[i] *= unit > 0.0 ? unit : 1.0;
  sort_descending(n, d, u, ldu, vt, ldvt);
  return true;
}

// For m >= n.
bool tall_svd(Index m, Index n, double* a, Index lda, double* s, double* u, Index ldu, double* vt,
              Index ldvt, Monitor& monitor) {
  Bidiagonal form(m, n, a, lda, s, monitor);
  for (Index j = 0; j < n; ++j) std::fill_n(u + j * ldu, m, 0.0);
  if (!bdsdc(n, s, form.e.data(), u, ldu, vt, ldvt, monitor)) return false;
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
