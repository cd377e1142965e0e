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

/// A basis of a space of vectors z of p numbers, in columns.
struct Span {
  Index size = 0;
  Buffer<double> basis;  // p x size
};

/// A seminorm sum_j (m_j z_j)^2 + (level - row.z)^2 of scaled z; the second term only if there is a
/// row.
struct Seminorm {
  std::vector<double> m;
  std::vector<double> row;
  const double* level = nullptr;
};

// z += N s with the s that minimises the seminorm of z + N s. It must be a norm on the span of N.
void shorten(Index p, const Span& n, const Seminorm& norm, double* z, Index t, Index ldz,
             Monitor& monitor) {
  const Index q = n.size;
  if (q == 0) return;
  const Index rows = p + (norm.row.empty() ? 0 : 1);
  Buffer<double> mn(rows * q), target(rows * t), tau(q);
  const double largest = *std::max_element(norm.m.begin(), norm.m.end());
  const double unit = largest > 0.0 ? largest : 1.0;
  for (Index j = 0; j < p; ++j) {
    const double mj = norm.m[j] / unit;
    for (Index k = 0; k < q; ++k) mn[k * rows + j] = mj * n.basis[k * p + j];
    for (Index v = 0; v < t; ++v) target[v * rows + j] = -mj * z[v * ldz + j];
  }
  const auto along_row = [&](const double* v) {
    double sum = 0.0;
    for (Index j = 0; j < p; ++j) sum += norm.row[j] * v[j];
    return sum / unit;
  };
  for (Index k = 0; k < q && rows > p; ++k) mn[k * rows + p] = along_row(n.basis.data() + k * p);
  for (Index v = 0; v < t && rows > p; ++v) {
    target[v * rows + p] = norm.level[v] / unit - along_row(z + v * ldz);
  }
  lapack::geqrf(rows, q, mn.data(), rows, tau.data(), monitor);
  for (Index k = 0; k < q; ++k) {
    if (!(std::abs(mn[k * rows + k]) > 0.0)) return;  // M underflows, and every s is as good
  }
  lapack::ormqr(blas::Op::transpose, rows, t, q, mn.data(), rows, tau.data(), target.data(), rows,
                monitor);
  blas::trsm(blas::Side::left, blas::Uplo::upper, blas::Op::none, q, t, mn.data(), rows,
             target.data(), rows);
  blas::gemm(blas::Op::none, blas::Op::none, p, t, q, 1.0, n.basis.data(), p, target.data(), rows,
             1.0, z, ldz, monitor);
}

// The null space of [R; row] within z_j of size 0, where no seminorm tells solutions apart.
Span undecided(const Equilibrated& e, Index p, Index n_rows, const Seminorm& norm,
               Monitor& monitor) {
  std::vector<Index> free;
  for (Index j = 0; j < p; ++j) {
    if (norm.m[j] == 0.0) free.push_back(j);
  }
  const auto q = static_cast<Index>(free.size());
  if (q == 0) return {};
  const Index rows = p + 1;
  auto a = Buffer<double>::zeros(rows * q);
  double largest = 0.0;
  for (Index c = 0; c < q && !norm.row.empty(); ++c)
    largest = std::max(largest, std::abs(norm.row[free[c]]));
  for (Index c = 0; c < q; ++c) {
    std::copy_n(e.r.data() + free[c] * p, p, a.data() + c * rows);
    if (largest > 0.0) a[c * rows + p] = norm.row[free[c]] / largest;
  }
  Buffer<double> s(q), u(rows * q), vt(q * q);
  if (!lapack::gesdd(rows, q, a.data(), rows, s.data(), u.data(), rows, vt.data(), q, monitor))
    return {};
  const double cut = static_cast<double>(std::max(n_rows, p)) * eps * s[0];
  Index rank = 0;
  while (rank < q && s[rank] > cut && s[rank] > 0.0) ++rank;
  Span span{q - rank, Buffer<double>::zeros(std::max<Index>(1, p * (q - rank)))};
  for (Index k = rank; k < q; ++k) {
    for (Index c = 0; c < q; ++c) span.basis[(k - rank) * p + free[c]] = vt[c * q + k];
  }
  return span;
}

// The part of an orthonormal span that is orthogonal to another one within it.
Span beyond(Span all, const Span& part, Index p, Monitor& monitor) {
  const Index q = all.size, k = part.size;
  if (k == 0) return all;
  if (k >= q) return {};
  Buffer<double> inner(q * k), tau(k);
  blas::gemm(blas::Op::transpose, blas::Op::none, q, k, p, 1.0, all.basis.data(), p,
             part.basis.data(), p, 0.0, inner.data(), q, monitor);
  lapack::geqrf(q, k, inner.data(), q, tau.data(), monitor);
  auto last = Buffer<double>::zeros(q * (q - k));
  for (Index c = 0; c < q - k; ++c) last[c * q + k + c] = 1.0;
  lapack::ormqr(blas::Op::none, q, q - k, k, inner.data(), q, tau.data(), last.data(), q, monitor);
  Span rest{q - k, Buffer<double>(p * (q - k))};
  blas::gemm(blas::Op::none, blas::Op::none, p, q - k, q, 1.0, all.basis.data(), p, last.data(), q,
             0.0, rest.basis.data(), p, monitor);
  return rest;
}

// Moves least-squares solutions z of scaled columns to the nearest ones, given the null space of R.
// The fit R z stays as it is.
void move_to_nearest(Index p, Span null, const Equilibrated& e, Index n_rows,
                     const NearestNorm& norm, double* z, Index t, Index ldz, Monitor& monitor) {
  const auto scaled = [&](const std::vector<double>& values) {
    auto result = values;
    for (std::size_t j = 0; j < result.size(); ++j) result[j] *= e.scale[j];
    return result;
  };
  const Seminorm first{.m = scaled(norm.size), .row = scaled(norm.row), .level = norm.level.data()};
  const Span ties = undecided(e, p, n_rows, first, monitor);
  shorten(p, beyond(std::move(null), ties, p, monitor), first, z, t, ldz, monitor);
  if (ties.size == 0) return;
  Seminorm then{.m = scaled(norm.unit), .row = {}};
  for (Index j = 0; j < p; ++j) {
    if (first.m[j] != 0.0) then.m[j] = 0.0;
  }
  shorten(p, ties, then, z, t, ldz, monitor);
}

TriangularFit solve_by_svd(Index p, const Equilibrated& e, Index n_rows, const NearestNorm& norm,
                           double* c, Index t, Index ldc, Monitor& monitor) {
  Buffer<double> r(p * p), s(p), u(p * p), vt(p * p);
  std::copy(e.r.begin(), e.r.end(), r.begin());
  if (!lapack::gesdd(p, p, r.data(), p, s.data(), u.data(), p, vt.data(), p, monitor)) {
    return {.rcond = 0.0, .rank = 0, .used_svd = true};
  }
  const double cut = static_cast<double>(std::max(n_rows, p)) * eps * s[0];
  Index rank = 0;
  while (rank < p && s[rank] > cut && s[rank] > 0.0) ++rank;
  TriangularFit fit{.rcond = rank > 0 ? s[rank - 1] / s[0] : 0.0, .rank = rank, .used_svd = true};
  auto g = Buffer<double>::zeros(p * t);
  if (rank > 0) {
    blas::gemm(blas::Op::transpose, blas::Op::none, rank, t, p, 1.0, u.data(), p, c, ldc, 0.0,
               g.data(), p, monitor);
    for (Index v = 0; v < t; ++v) {
      for (Index k = 0; k < rank; ++k) g[v * p + k] /= s[k];
    }
  }
  blas::gemm(blas::Op::transpose, blas::Op::none, p, t, p, 1.0, vt.data(), p, g.data(), p, 0.0, c,
             ldc, monitor);
  if (rank < p) {
    Span null{p - rank, Buffer<double>(p * (p - rank))};
    for (Index k = rank; k < p; ++k) {
      for (Index j = 0; j < p; ++j) null.basis[(k - rank) * p + j] = vt[j * p + k];
    }
    move_to_nearest(p, std::move(null), e, n_rows, norm, c, t, ldc, monitor);
  }
  for (Index v = 0; v < t; ++v) {
    for (Index j = 0; j < p; ++j) c[v * ldc + j] *= e.scale[j];
  }
  return fit;
}

}  // namespace

void fold_rows(Index p, Index n_new, Index t, double* stack, Index ld, Monitor& monitor) {
  const Index rows = p + n_new;
  Buffer<double> tau(p);
  lapack::geqrf(rows, p, stack, ld, tau.data(), monitor);
  if (t > 0) {
    lapack::ormqr(blas::Op::transpose, rows, t, p, stack, ld, tau.data(), stack + p * ld, ld,
                  monitor);
  }
  for (Index j = 0; j < p; ++j) std::fill_n(stack + j * ld + j + 1, rows - j - 1, 0.0);
}

TriangularFit solve_triangle(Index p, const double* r, Index ldr, Index n_rows, bool force_svd,
                             const NearestNorm& norm, double* c, Index t, Index ldc,
                             Monitor& monitor) {
  const Equilibrated e = equilibrate(p, r, ldr);
  const double rcond = lapack::trcon(p, e.r.data(), p, monitor);
  if (force_svd || !(rcond > 4.0 * static_cast<double>(p) * eps)) {
    return solve_by_svd(p, e, n_rows, norm, c, t, ldc, monitor);
  }
  blas::trsm(blas::Side::left, blas::Uplo::upper, blas::Op::none, p, t, e.r.data(), p, c, ldc);
  for (Index v = 0; v < t; ++v) {
    for (Index j = 0; j < p; ++j) c[v * ldc + j] *= e.scale[j];
  }
  return {.rcond = rcond, .rank = p, .used_svd = false};
}

}  // namespace elltwo
