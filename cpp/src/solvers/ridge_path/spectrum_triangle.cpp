#include <algorithm>
#include <cmath>

#include "linalg/lapack.hpp"
#include "parallel/interruption.hpp"
#include "solvers/ridge_path/spectrum.hpp"

namespace elltwo {
namespace {

using blas::Op;

/// Singular values of the free columns' triangle, brought to unit columns.
struct FreeTriangle {
  Index rank = 0;
  Buffer<double> u;      // q0 x q0
  Buffer<double> basis;  // q0 x rank, with orthonormal image; the shortest such
};

// basis -= N s, for the null space N = D V of the free columns, with the s that leaves the least
// sum of (unit_j basis_j)^2: images stay as they are.
void shorten(Index q0, const std::vector<double>& column_unit, const double* vt,
             std::span<const double> unit, FreeTriangle& part, Monitor& monitor) {
  const Index q = q0 - part.rank;
  if (q == 0 || part.rank == 0) return;
  Buffer<double> null(q0 * q), sized(q0 * q), tau(q), target(q0 * part.rank);
  for (Index k = 0; k < q; ++k) {
    for (Index j = 0; j < q0; ++j) {
      null[k * q0 + j] = column_unit[j] * vt[j * q0 + part.rank + k];
      sized[k * q0 + j] = unit[j] * null[k * q0 + j];
    }
  }
  for (Index k = 0; k < part.rank; ++k) {
    for (Index j = 0; j < q0; ++j) target[k * q0 + j] = unit[j] * part.basis[k * q0 + j];
  }
  lapack::geqrf(q0, q, sized.data(), q0, tau.data(), monitor);
  lapack::ormqr(Op::transpose, q0, part.rank, q, sized.data(), q0, tau.data(), target.data(), q0,
                monitor);
  blas::trsm(blas::Side::left, blas::Uplo::upper, Op::none, q, part.rank, sized.data(), q0,
             target.data(), q0);
  blas::gemm(Op::none, Op::none, q0, part.rank, q, -1.0, null.data(), q0, target.data(), q0, 1.0,
             part.basis.data(), q0, monitor);
}

FreeTriangle free_triangle(std::span<const double> free_unit, const double* r, Index ld,
                           double noise, Monitor& monitor) {
  const auto q0 = static_cast<Index>(free_unit.size());
  FreeTriangle part;
  if (q0 == 0) return part;
  auto a = Buffer<double>::zeros(q0 * q0);
  std::vector<double> unit(q0, 0.0);
  for (Index j = 0; j < q0; ++j) {
    double square = 0.0;
    for (Index i = 0; i <= j; ++i) square += r[j * ld + i] * r[j * ld + i];
    double& scale = unit[j];
    scale = square > 0.0 ? 1.0 / std::sqrt(square) : 1.0;
    for (Index i = 0; i <= j; ++i) a[j * q0 + i] = scale * r[j * ld + i];
  }
  Buffer<double> s(q0), vt(q0 * q0);
  part.u = Buffer<double>(q0 * q0);
  lapack::gesdd(q0, q0, a.data(), q0, s.data(), part.u.data(), q0, vt.data(), q0, monitor);
  part.basis = Buffer<double>(q0 * q0);
  while (part.rank < q0 && s[part.rank] > noise * s[0]) {
    for (Index j = 0; j < q0; ++j) {
      part.basis[part.rank * q0 + j] = unit[j] * vt[j * q0 + part.rank] / s[part.rank];
    }
    ++part.rank;
  }
  shorten(q0, unit, vt.data(), free_unit, part, monitor);
  return part;
}

/// Rows [0, m) of columns [from, from + n) of the triangle, the free rows multiplied by U^T.
Buffer<double> rotated(Index m, Index q0, const FreeTriangle& free, const double* r, Index ld,
                       Index from, Index n, Monitor& monitor) {
  auto out = Buffer<double>::zeros(std::max<Index>(1, m * n));
  for (Index c = 0; c < n; ++c) {
    const double* column = r + (from + c) * ld;
    std::copy_n(column + q0, std::clamp<Index>(from + c + 1 - q0, 0, m - q0),
                out.data() + c * m + q0);
  }
  if (q0 > 0 && n > 0) {
    blas::gemm(Op::transpose, Op::none, q0, n, q0, 1.0, free.u.data(), q0, r + from * ld, ld, 0.0,
               out.data(), m, monitor);
  }
  return out;
}

/// Joins the free directions B (q0 x rank) and the singular vectors V (q x kept) of the rest, whose
/// own free part is C = B^T Z_0^T Z: columns [B; 0] and [-B C V; V].
Buffer<double> joined_basis(Index q0, Index rank, const double* b, Index q, Index kept,
                            const double* v, const double* c, Monitor& monitor) {
  const Index m = q0 + q;
  auto basis = Buffer<double>::zeros(std::max<Index>(1, m * (rank + kept)));
  for (Index k = 0; k < rank; ++k) std::copy_n(b + k * q0, q0, basis.data() + k * m);
  for (Index k = 0; k < kept; ++k) {
    std::copy_n(v + k * q, q, basis.data() + (rank + k) * m + q0);
  }
  if (rank == 0 || kept == 0) return basis;
  Buffer<double> cv(rank * kept);
  blas::gemm(Op::none, Op::none, rank, kept, q, 1.0, c, rank, v, q, 0.0, cv.data(), rank, monitor);
  blas::gemm(Op::none, Op::none, q0, kept, rank, -1.0, b, q0, cv.data(), rank, 0.0,
             basis.data() + rank * m, m, monitor);
  return basis;
}

}  // namespace

Spectrum spectrum_of_triangle(Index m, std::span<const double> free_unit, const double* r, Index ld,
                              std::vector<double> rest, double noise, Monitor& monitor) {
  const auto n_free = static_cast<Index>(free_unit.size());
  const auto t = static_cast<Index>(rest.size());
  const Index q = m - n_free;
  const FreeTriangle free = free_triangle(free_unit, r, ld, noise, monitor);
  Spectrum result;
  result.rank_free = free.rank;
  result.reference_rss = std::move(rest);
  const auto columns = rotated(m, n_free, free, r, ld, n_free, q, monitor);
  const auto targets = rotated(m, n_free, free, r, ld, m, t, monitor);
  // Rows of free directions that count as none belong to the penalised columns.
  const Index rows = m - free.rank;
  Buffer<double> a(std::max<Index>(1, rows * q)), c(std::max<Index>(1, free.rank * q));
  for (Index k = 0; k < q; ++k) {
    std::copy_n(columns.data() + k * m, free.rank, c.data() + k * free.rank);
    std::copy_n(columns.data() + k * m + free.rank, rows, a.data() + k * rows);
  }
  Buffer<double> s(std::max<Index>(1, q)), u(std::max<Index>(1, rows * q)),
      vt(std::max<Index>(1, q * q));
  Index kept = 0;
  if (q > 0) {
    lapack::gesdd(rows, q, a.data(), rows, s.data(), u.data(), rows, vt.data(), q, monitor);
    result.largest = s[0] * s[0];
    // What free directions explain of the columns has left rounding of its own size.
    double lost = 0.0;
    for (Index k = 0; k < free.rank * q; ++k) lost += c[k] * c[k];
    const double floor = noise * (s[0] + std::sqrt(lost));
    while (kept < q && s[kept] > floor && s[kept] > 0.0) ++kept;
  }
  for (Index k = 0; k < kept; ++k) result.s.push_back(s[k] * s[k]);
  result.penalised.diagonal = result.s;
  result.smallest = kept == q && q > 0 ? result.s.back() : 0.0;
  const Index all = result.directions();
  result.target = Buffer<double>::zeros(std::max<Index>(1, all * t));
  for (Index v = 0; v < t; ++v) {
    check(monitor);
    const double* y = targets.data() + v * m;
    double* out = result.target.data() + v * all;
    std::copy_n(y, free.rank, out);
    double& rss = result.reference_rss[v];
    Buffer<double> left(std::max<Index>(1, rows));
    std::copy_n(y + free.rank, rows, left.data());
    for (Index k = 0; k < kept; ++k) {
      const double* direction = u.data() + k * rows;
      double dot = 0.0;
      for (Index i = 0; i < rows; ++i) dot += direction[i] * left[i];
      for (Index i = 0; i < rows; ++i) left[i] -= dot * direction[i];
      out[free.rank + k] = s[k] * dot;
    }
    for (Index i = 0; i < rows; ++i) rss += left[i] * left[i];
  }
  Buffer<double> v(std::max<Index>(1, q * kept));
  for (Index k = 0; k < kept; ++k) {
    for (Index j = 0; j < q; ++j) v[k * q + j] = vt[j * q + k];
  }
  result.basis =
      joined_basis(n_free, free.rank, free.basis.data(), q, kept, v.data(), c.data(), monitor);
  return result;
}

}  // namespace elltwo
