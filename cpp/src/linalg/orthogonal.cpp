#include "linalg/orthogonal.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "linalg/lapack.hpp"
#include "linalg/posdef.hpp"

namespace elltwo {
namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();

/// A triangle with columns scaled by powers of two.
struct Equilibrated {
  Buffer<double> r;           ///< p x p, zeros below the diagonal
  std::vector<double> scale;  ///< the factor of each column
};

Equilibrated equilibrate(Index p, const double* r, Index ldr) {
  Equilibrated e{Buffer<double>::zeros(p * p), std::vector<double>(p, 1.0)};
  for (Index j = 0; j < p; ++j) {
    double norm = 0.0;
    for (Index i = 0; i <= j; ++i) norm = std::hypot(norm, r[j * ldr + i]);
    const double s = norm > 0.0 ? std::ldexp(1.0, -std::ilogb(norm)) : 1.0;
    e.scale[j] = s;
    for (Index i = 0; i <= j; ++i) e.r[j * p + i] = r[j * ldr + i] * s;
  }
  return e;
}

// z += N s with the s that minimises |M (z + N s)|, for diagonal M and an orthonormal basis N of
// the null space of R (rows first, first + 1, ... of vt). The fit R z does not depend on s.
void shorten(Index p, Index first, const double* vt, const std::vector<double>& m, double* z,
             Index t, Index ldz) {
  const Index q = p - first;
  Buffer<double> mn(p * q), target(p * t), tau(q);
  const double largest = *std::max_element(m.begin(), m.end());
  for (Index j = 0; j < p; ++j) {
    const double mj = m[j] / largest;
    for (Index k = 0; k < q; ++k) mn[k * p + j] = mj * vt[j * p + first + k];
    for (Index v = 0; v < t; ++v) target[v * p + j] = -mj * z[v * ldz + j];
  }
  lapack::geqrf(p, q, mn.data(), p, tau.data());
  for (Index k = 0; k < q; ++k) {
    if (!(std::abs(mn[k * p + k]) > 0.0)) return;  // M underflows, and every s is as good
  }
  lapack::ormqr(blas::Op::transpose, p, t, q, mn.data(), p, tau.data(), target.data(), p);
  blas::trsm(blas::Side::left, blas::Uplo::upper, blas::Op::none, q, t, mn.data(), p, target.data(),
             p);
  blas::gemm(blas::Op::transpose, blas::Op::none, p, t, q, 1.0, vt + first, p, target.data(), p,
             1.0, z, ldz);
}

TriangularFit solve_by_svd(Index p, Equilibrated& e, Index n_rows, const double* metric, double* c,
                           Index t, Index ldc) {
  Buffer<double> s(p), u(p * p), vt(p * p);
  if (!lapack::gesdd(p, p, e.r.data(), p, s.data(), u.data(), p, vt.data(), p)) {
    return {.rcond = 0.0, .rank = 0, .used_svd = true};
  }
  const double cut = static_cast<double>(std::max(n_rows, p)) * eps * s[0];
  Index rank = 0;
  while (rank < p && s[rank] > cut && s[rank] > 0.0) ++rank;
  TriangularFit fit{.rcond = rank > 0 ? s[rank - 1] / s[0] : 0.0, .rank = rank, .used_svd = true};
  auto g = Buffer<double>::zeros(p * t);
  if (rank > 0) {
    blas::gemm(blas::Op::transpose, blas::Op::none, rank, t, p, 1.0, u.data(), p, c, ldc, 0.0,
               g.data(), p);
    for (Index v = 0; v < t; ++v) {
      for (Index k = 0; k < rank; ++k) g[v * p + k] /= s[k];
    }
  }
  blas::gemm(blas::Op::transpose, blas::Op::none, p, t, p, 1.0, vt.data(), p, g.data(), p, 0.0, c,
             ldc);
  std::vector<double> m = e.scale;
  for (std::size_t j = 0; j < m.size(); ++j) m[j] *= metric[j];
  if (rank < p) shorten(p, rank, vt.data(), m, c, t, ldc);
  for (Index v = 0; v < t; ++v) {
    for (Index j = 0; j < p; ++j) c[v * ldc + j] *= e.scale[j];
  }
  return fit;
}

}  // namespace

void fold_rows(Index p, Index n_new, Index t, double* stack, Index ld) {
  const Index rows = p + n_new;
  Buffer<double> tau(p);
  lapack::geqrf(rows, p, stack, ld, tau.data());
  if (t > 0) {
    lapack::ormqr(blas::Op::transpose, rows, t, p, stack, ld, tau.data(), stack + p * ld, ld);
  }
  for (Index j = 0; j < p; ++j) std::fill_n(stack + j * ld + j + 1, rows - j - 1, 0.0);
}

TriangularFit solve_triangle(Index p, const double* r, Index ldr, Index n_rows, bool force_svd,
                             const double* metric, double* c, Index t, Index ldc) {
  Equilibrated e = equilibrate(p, r, ldr);
  const double rcond = lapack::trcon(p, e.r.data(), p);
  if (force_svd || !(rcond > 4.0 * static_cast<double>(p) * eps)) {
    return solve_by_svd(p, e, n_rows, metric, c, t, ldc);
  }
  blas::trsm(blas::Side::left, blas::Uplo::upper, blas::Op::none, p, t, e.r.data(), p, c, ldc);
  for (Index v = 0; v < t; ++v) {
    for (Index j = 0; j < p; ++j) c[v * ldc + j] *= e.scale[j];
  }
  return {.rcond = rcond, .rank = p, .used_svd = false};
}

}  // namespace elltwo
