#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include "linalg/lapack.hpp"
#include "linalg/lapack_calls.hpp"
#include "linalg/matrix_vector.hpp"
#include "parallel/interruption.hpp"

// LAPACK's drivers, with the same order of operations, and checks between their steps.
namespace elltwo::lapack {
namespace {

using fortran::Int;
using linalg::InBlas;
using linalg::narrow;

constexpr double eps = std::numeric_limits<double>::epsilon() / 2;
constexpr Index leaf = 25;  // order up to which QR iteration solves a tridiagonal eigenproblem

// dlatrd: reduces the first `panel` columns of the lower triangle a (n x n); the rest has to have
// v w^T + w v^T subtracted, with v below the diagonal of a, and w (n x panel).
void reduce_panel(Index n, double* a, Index lda, double* e, double* tau, double* w,
                  Monitor& monitor) {
  for (Index i = 0; i < panel; ++i) {
    check(monitor);
    const Index below = n - i - 1;
    double* column = a + i * (lda + 1);
    gemv('N', n - i, i, -1.0, a + i, lda, w + i, n, 1.0, column, 1);
    gemv('N', n - i, i, -1.0, w + i, n, a + i, lda, 1.0, column, 1);
    if (below == 0) return;
    double* v = column + 1;
    double* out = w + i * n + i + 1;
    tau[i] = reflector(below, v, a + std::min(i + 2, n - 1) + i * lda, 1);
    e[i] = *v;
    *v = 1.0;
    symv(below, a + (i + 1) * (lda + 1), lda, v, out);
    gemv('T', below, i, 1.0, w + i + 1, n, v, 1, 0.0, w + i * n, 1);
    gemv('N', below, i, -1.0, a + i + 1, lda, w + i * n, 1, 1.0, out, 1);
    gemv('T', below, i, 1.0, a + i + 1, lda, v, 1, 0.0, w + i * n, 1);
    gemv('N', below, i, -1.0, w + i + 1, n, w + i * n, 1, 1.0, out, 1);
    for (Index k = 0; k < below; ++k) out[k] *= tau[i];
    const double alpha = -0.5 * tau[i] * dot(below, out, v);
    axpy(below, alpha, v, out);
  }
}

// dsytrd of the lower triangle.
void reduce(Index n, double* a, Index lda, double* d, double* e, double* tau, Monitor& monitor) {
  Index i = 0;
  Buffer<double> w(std::max<Index>(1, n * panel));
  for (; i < n - panel; i += panel) {
    double* block = a + i * (lda + 1);
    reduce_panel(n - i, block, lda, e + i, tau + i, w.data(), monitor);
    {
      const InBlas guard;
      const char uplo = 'L', trans = 'N';
      const double minus = -1.0, one = 1.0;
      const Int rest = narrow(n - i - panel), k = narrow(panel), la = narrow(lda),
                lw = narrow(n - i);
      fortran::dsyr2k(&uplo, &trans, &rest, &k, &minus, block + panel, &la, w.data() + panel, &lw,
                      &one, block + panel * (lda + 1), &la);
    }
    for (Index j = i; j < i + panel; ++j) {
      a[j * (lda + 1) + 1] = e[j];
      d[j] = a[j * (lda + 1)];
    }
  }
  const InBlas guard;
  const char uplo = 'L';
  const Int rest = narrow(n - i), la = narrow(lda);
  Int info = 0;
  fortran::dsytd2(&uplo, &rest, a + i * (lda + 1), &la, d + i, e + i, tau + i, &info);
  throw_if_bug(info, "sytd2");
}

/// One unreduced block of a tridiagonal eigenproblem by divide and conquer (dlaed0).
class DivideAndConquer {
 public:
  DivideAndConquer(Index n, double* d, double* e, double* q, Index ldq, Monitor& monitor)
      : n_(n),
        d_(d),
        e_(e),
        q_(q),
        ldq_(ldq),
        monitor_(monitor),
        order_(n),
        work_(4 * n + n * n),
        iwork_(4 * n) {}

  bool run() {
    std::vector<Index> ends = divide();
    if (!solve_leaves(ends)) return false;
    while (ends.size() > 1) {
      std::vector<Index> joined;
      for (std::size_t i = 0; i < ends.size(); i += 2) {
        const Index first = i == 0 ? 0 : ends[i - 1], size = ends[i + 1] - first;
        const Index cut = i == 0 ? ends[0] : size / 2;
        check(monitor_);
        if (!merge(first, size, cut)) return false;
        joined.push_back(ends[i + 1]);
      }
      ends = std::move(joined);
    }
    sort();
    return true;
  }

 private:
  double* q(Index i, Index j) const { return q_ + i + j * ldq_; }

  // The ends of parts of at most `leaf` rows, each cut off from the next by a change of rank one.
  std::vector<Index> divide() const {
    std::vector<Index> sizes{n_};
    while (sizes.back() > leaf) {
      std::vector<Index> halves;
      for (const Index size : sizes) {
        halves.push_back(size / 2);
        halves.push_back((size + 1) / 2);
      }
      sizes = std::move(halves);
    }
    for (std::size_t i = 1; i < sizes.size(); ++i) sizes[i] += sizes[i - 1];
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
      const Index k = sizes[i];
      d_[k - 1] -= std::abs(e_[k - 1]);
      d_[k] -= std::abs(e_[k - 1]);
    }
    return sizes;
  }

  bool solve_leaves(const std::vector<Index>& ends) {
    const char from_identity = 'I';
    Index first = 0;
    for (const Index end : ends) {
      const InBlas guard;
      const Int size = narrow(end - first), lq = narrow(ldq_);
      Int info = 0;
      fortran::dsteqr(&from_identity, &size, d_ + first, e_ + first, q(first, first), &lq,
                      work_.data(), &info);
      throw_if_bug(info, "steqr");
      if (info > 0) return false;
      for (Index k = first; k < end; ++k) order_[k] = narrow(k - first + 1);
      first = end;
    }
    return true;
  }

  // Joins the eigenproblems of rows [first, first + cut) and [first + cut, first + size).
  bool merge(Index first, Index size, Index cut) {
    constexpr Index small = 512;
    if (size > small) return merge_in_steps(first, size, cut);
    const InBlas guard;
    const Int n = narrow(size), c = narrow(cut), lq = narrow(ldq_);
    Int info = 0;
    fortran::dlaed1(&n, d_ + first, q(first, first), &lq, order_.data() + first,
                    e_ + first + cut - 1, &c, work_.data(), iwork_.data(), &info);
    throw_if_bug(info, "laed1");
    return info == 0;
  }

  // dlaed1 and dlaed3.
  bool merge_in_steps(Index first, Index size, Index cut) {
    double* d = d_ + first;
    double* part = q(first, first);
    double* z = work_.data();
    double* poles = z + size;
    double* w = poles + size;
    double* q2 = w + size;
    Int* index = iwork_.data() + size;      // dlaed2's indxc
    Int* types = iwork_.data() + 2 * size;  // dlaed2's coltyp
    for (Index k = 0; k < size; ++k) z[k] = part[(k < cut ? cut - 1 : cut) + k * ldq_];
    double rho = e_[first + cut - 1];
    Int k = 0;
    {
      const InBlas guard;
      const Int n = narrow(size), c = narrow(cut), lq = narrow(ldq_);
      Int info = 0;
      fortran::dlaed2(&k, &n, &c, d, part, &lq, order_.data() + first, &rho, z, poles, w, q2,
                      iwork_.data(), index, iwork_.data() + 3 * size, types, &info);
      throw_if_bug(info, "laed2");
    }
    if (k == 0) {
      for (Index i = 0; i < size; ++i) order_[first + i] = narrow(i + 1);
      return true;
    }
    if (!secular_vectors(k, d, part, rho, poles, w, index)) return false;
    // Columns of types 1, 2 and 3 have entries in the upper rows, in all, and in the lower rows.
    const Index upper = Index{types[0]} + types[1], lower = Index{types[1]} + types[2];
    multiply(size - cut, k, lower, q2 + cut * upper, part + types[0], part + cut);
    multiply(cut, k, upper, q2, part, part);
    const InBlas guard;
    const Int n1 = k, n2 = narrow(size) - k, up = 1, down = -1;
    fortran::dlamrg(&n1, &n2, d, &up, &down, order_.data() + first);
    return true;
  }

  // Eigenvalues d and eigenvectors of diag(poles) + rho w w^T, the latter in the order of index.
  bool secular_vectors(Int k, double* d, double* part, double rho, const double* poles, double* w,
                       const Int* index) {
    for (Int j = 1; j <= k; ++j) {
      if (j % 32 == 0) check(monitor_);
      const InBlas guard;
      Int info = 0;
      fortran::dlaed4(&k, &j, poles, w, part + (j - 1) * ldq_, &rho, &d[j - 1], &info);
      throw_if_bug(info, "laed4");
      if (info != 0) return false;
    }
    if (k == 1) return true;
    Buffer<double> s(k);
    if (k > 2) {
      std::copy_n(w, k, s.data());
      for (Index i = 0; i < k; ++i) w[i] = part[i * (ldq_ + 1)];
      for (Index j = 0; j < k; ++j) {
        if (j % 256 == 0) check(monitor_);
        const double* column = part + j * ldq_;
        for (Index i = 0; i < k; ++i) {
          if (i != j) w[i] *= column[i] / (poles[i] - poles[j]);
        }
      }
      for (Index i = 0; i < k; ++i) w[i] = std::copysign(std::sqrt(-w[i]), s[i]);
    }
    for (Index j = 0; j < k; ++j) {
      if (j % 256 == 0) check(monitor_);
      double* column = part + j * ldq_;
      double norm = 1.0;
      if (k > 2) {
        for (Index i = 0; i < k; ++i) s[i] = w[i] / column[i];
        norm = norm2(k, s.data());
      } else {
        std::copy_n(column, k, s.data());
      }
      for (Index i = 0; i < k; ++i) column[i] = s[index[i] - 1] / norm;
    }
    return true;
  }

  // out = a b for a (m x inner) and the first `inner` rows of b, k columns, which out may overlap.
  void multiply(Index m, Index k, Index inner, const double* a, const double* b, double* out) {
    Buffer<double> rows(std::max<Index>(1, inner * k));
    for (Index j = 0; j < k; ++j) std::copy_n(b + j * ldq_, inner, rows.data() + j * inner);
    if (inner > 0) {
      blas::gemm(blas::Op::none, blas::Op::none, m, k, inner, 1.0, a, m, rows.data(), inner, 0.0,
                 out, ldq_, monitor_);
    } else {
      for (Index j = 0; j < k; ++j) std::fill_n(out + j * ldq_, m, 0.0);
    }
  }

  void sort() {
    Buffer<double> values(n_), vectors(n_ * n_);
    for (Index i = 0; i < n_; ++i) {
      const Index j = order_[i] - 1;
      values[i] = d_[j];
      std::copy_n(q(0, j), n_, vectors.data() + i * n_);
    }
    std::copy_n(values.data(), n_, d_);
    for (Index j = 0; j < n_; ++j) std::copy_n(vectors.data() + j * n_, n_, q(0, j));
  }

  Index n_;
  double* d_;
  double* e_;
  double* q_;
  Index ldq_;
  Monitor& monitor_;
  Buffer<Int> order_;
  Buffer<double> work_;
  Buffer<Int> iwork_;
};

double largest(Index n, const double* d, const double* e) {
  double norm = 0.0;
  for (Index i = 0; i < n; ++i) norm = std::max(norm, std::abs(d[i]));
  for (Index i = 0; i + 1 < n; ++i) norm = std::max(norm, std::abs(e[i]));
  return norm;
}

bool in_one_call(Index n, double* a, Index lda, double* s) {
  const InBlas guard;
  const char vectors = 'V', lower = 'L';
  const Int nn = narrow(n), la = narrow(lda), liwork = narrow(3 + 5 * n);
  Buffer<Int> iwork(liwork);
  Int info = 0;
  with_workspace([&](double* work, Int lwork) {
    fortran::dsyevd(&vectors, &lower, &nn, a, &la, s, work, &lwork, iwork.data(), &liwork, &info);
    throw_if_bug(info, "syevd");
  });
  return info == 0;
}

bool solve_unreduced(Index n, double* d, double* e, double* z, Index ldz, Monitor& monitor) {
  if (n <= leaf) {
    const InBlas guard;
    const char from_identity = 'I';
    const Int nn = narrow(n), lz = narrow(ldz);
    Buffer<double> work(2 * n);
    Int info = 0;
    fortran::dsteqr(&from_identity, &nn, d, e, z, &lz, work.data(), &info);
    throw_if_bug(info, "steqr");
    return info == 0;
  }
  const double unit = largest(n, d, e);
  for (Index i = 0; i < n; ++i) d[i] *= 1.0 / unit;
  for (Index i = 0; i + 1 < n; ++i) e[i] *= 1.0 / unit;
  if (!DivideAndConquer(n, d, e, z, ldz, monitor).run()) return false;
  for (Index i = 0; i < n; ++i) d[i] *= unit;
  return true;
}

void sort_columns(Index n, double* d, double* z, Index ldz) {
  for (Index i = 0; i + 1 < n; ++i) {
    const Index k = std::min_element(d + i, d + n) - d;
    if (k == i || !(d[k] < d[i])) continue;
    std::swap(d[i], d[k]);
    std::swap_ranges(z + i * ldz, z + i * ldz + n, z + k * ldz);
  }
}

}  // namespace

bool stedc(Index n, double* d, double* e, double* z, Index ldz, Monitor& monitor) {
  for (Index j = 0; j < n; ++j) {
    std::fill_n(z + j * ldz, n, 0.0);
    z[j * (ldz + 1)] = 1.0;
  }
  if (n <= leaf) return n < 2 || solve_unreduced(n, d, e, z, ldz, monitor);
  if (largest(n, d, e) == 0.0) return true;
  for (Index first = 0; first < n;) {
    Index last = first;
    while (last + 1 < n && std::abs(e[last]) > eps * std::sqrt(std::abs(d[last])) *
                                                   std::sqrt(std::abs(d[last + 1]))) {
      ++last;
    }
    const Index size = last - first + 1;
    if (size > 1 &&
        !solve_unreduced(size, d + first, e + first, z + first * (ldz + 1), ldz, monitor)) {
      return false;
    }
    first = last + 1;
  }
  sort_columns(n, d, z, ldz);
  return true;
}

namespace {

// dlapy2: sqrt(x^2 + y^2) for y != 0.
double length(double x, double y) {
  const double larger = std::max(std::abs(x), std::abs(y));
  const double other = std::min(std::abs(x), std::abs(y));
  return other == 0.0 ? larger : larger * std::sqrt(1.0 + std::pow(other / larger, 2));
}

// dlae2: the eigenvalues of [a b; b c], that of larger modulus first.
std::pair<double, double> of_two_rows(double a, double b, double c) {
  const double sum = a + c, off = std::abs(b + b), difference = std::abs(a - c);
  const double larger = std::abs(a) > std::abs(c) ? a : c,
               other = std::abs(a) > std::abs(c) ? c : a;
  double root = 0.0;
  if (difference > off) root = difference * std::sqrt(1.0 + std::pow(off / difference, 2));
  else if (difference < off) root = off * std::sqrt(1.0 + std::pow(difference / off, 2));
  else root = off * std::sqrt(2.0);
  if (sum == 0.0) return {0.5 * root, -0.5 * root};
  const double first = 0.5 * (sum < 0.0 ? sum - root : sum + root);
  return {first, larger / first * other - b / first * b};
}

/// A tridiagonal matrix read from its first row on or from its last, with the subdiagonal squared.
struct Chase {
  double* d;
  double* square;  // square[i * step] lies between d[i * step] and d[(i + 1) * step]
  Index step;
  Index size;

  double& at(Index i) const { return d[i * step]; }
  double& between(Index i) const { return square[i * step]; }

  // The first entry of the subdiagonal from row `first` on that is negligible, or the last row.
  Index end_of_block(Index first) const {
    Index m = first;
    while (m + 1 < size && std::abs(between(m)) > eps * eps * std::abs(at(m) * at(m + 1))) ++m;
    return m;
  }

  // One step of the square-root-free QL iteration on rows [l, m].
  void iterate(Index l, Index m) const {
    const double root = std::sqrt(between(l));
    double sigma = (at(l + 1) - at(l)) / (2.0 * root);
    sigma = at(l) - root / (sigma + std::copysign(length(sigma, 1.0), sigma));
    double c = 1.0, s = 0.0, gamma = at(m) - sigma, p = gamma * gamma;
    for (Index i = m - 1; i >= l; --i) {
      const double bb = between(i), r = p + bb;
      if (i != m - 1) between(i + 1) = s * r;
      const double old_c = c, old_gamma = gamma, alpha = at(i);
      c = p / r;
      s = bb / r;
      gamma = c * (alpha - sigma) - s * old_gamma;
      at(i + 1) = old_gamma + (alpha - gamma);
      p = c != 0.0 ? gamma * gamma / c : old_c * bb;
    }
    between(l) = s * p;
    at(l) = sigma + gamma;
  }

  bool run(Index& left, Monitor& monitor) const {
    for (Index l = 0; l < size;) {
      const Index m = end_of_block(l);
      if (m + 1 < size) between(m) = 0.0;
      if (m == l) {
        ++l;
      } else if (m == l + 1) {
        std::tie(at(l), at(m)) = of_two_rows(at(l), std::sqrt(between(l)), at(m));
        between(l) = 0.0;
        l += 2;
      } else {
        if (left-- == 0) return false;
        check(monitor);
        iterate(l, m);
      }
    }
    return true;
  }
};

}  // namespace

// The rows of a block are read from that end which has the smaller diagonal entry, as in LAPACK.
bool sterf(Index n, double* d, double* e, Monitor& monitor) {
  Index left = 30 * n;  // iterations
  for (Index first = 0; first < n;) {
    Index last = first;
    while (last + 1 < n && std::abs(e[last]) > std::sqrt(std::abs(d[last])) *
                                                   std::sqrt(std::abs(d[last + 1])) * eps) {
      ++last;
    }
    const Index size = last - first + 1;
    const double unit = largest(size, d + first, e + first);
    if (size > 1 && unit > 0.0) {
      const int shift = -std::ilogb(unit);  // squares stay within the range
      for (Index i = first; i <= last; ++i) d[i] = std::ldexp(d[i], shift);
      for (Index i = first; i < last; ++i) e[i] = std::pow(std::ldexp(e[i], shift), 2);
      const bool reversed = std::abs(d[last]) < std::abs(d[first]);
      const Chase chase =
          reversed ? Chase{d + last, e + last - 1, -1, size} : Chase{d + first, e + first, 1, size};
      if (!chase.run(left, monitor)) return false;
      for (Index i = first; i <= last; ++i) d[i] = std::ldexp(d[i], -shift);
    }
    first = last + 1;
  }
  std::sort(d, d + n);
  return true;
}

void sytrd(Index n, double* a, Index lda, double* d, double* e, double* tau, Monitor& monitor) {
  if (n > 0) reduce(n, a, lda, d, e, tau, monitor);
}

void orgtr(Index n, double* a, Index lda, const double* tau, Monitor& monitor) {
  if (n == 0) return;
  // Q is 1 beside the product of the reflectors, whose vectors lie one column to the left.
  for (Index j = n - 1; j > 0; --j) {
    std::copy_n(a + (j - 1) * lda + j + 1, n - j - 1, a + j * lda + j + 1);
    a[j * lda] = 0.0;
  }
  std::fill_n(a, n, 0.0);
  a[0] = 1.0;
  orgqr(n - 1, a + lda + 1, lda, tau, monitor);
}

bool syevd(Index n, double* a, Index lda, double* s, Monitor& monitor) {
  if (n <= 128) return in_one_call(n, a, lda, s);
  double norm = 0.0;
  for (Index j = 0; j < n; ++j) {
    for (Index i = j; i < n; ++i) norm = std::max(norm, std::abs(a[j * lda + i]));
  }
  constexpr double least = std::numeric_limits<double>::min() / eps;
  int shift = 0;  // binary places, where squares would leave the range
  if (norm > 0.0 && (norm < std::sqrt(least) || norm > std::sqrt(1.0 / least))) {
    shift = -std::ilogb(norm);
    for (Index j = 0; j < n; ++j) {
      for (Index i = j; i < n; ++i) a[j * lda + i] = std::ldexp(a[j * lda + i], shift);
    }
  }
  Buffer<double> e(n), tau(n), z(n * n);
  reduce(n, a, lda, s, e.data(), tau.data(), monitor);
  if (!stedc(n, s, e.data(), z.data(), n, monitor)) return false;
  if (n > 1) {
    ormqr(blas::Op::none, n - 1, n, n - 1, a + 1, lda, tau.data(), z.data() + 1, n, monitor);
  }
  for (Index j = 0; j < n; ++j) std::copy_n(z.data() + j * n, n, a + j * lda);
  if (shift != 0) {
    for (Index i = 0; i < n; ++i) s[i] = std::ldexp(s[i], -shift);
  }
  return true;
}

}  // namespace elltwo::lapack
