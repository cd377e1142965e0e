#include <algorithm>
#include <cmath>

#include "linalg/lapack.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
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
Buffer<double> rotated(Index m, Index q0, const FreeTriangle& free, const double* r, Index from,
                       Index n, Monitor& monitor) {
  auto out = Buffer<double>::zeros(std::max<Index>(1, m * n));
  for (Index c = 0; c < n; ++c) {
    const double* column = r + (from + c) * m;
    std::copy_n(column + q0, std::clamp<Index>(from + c + 1 - q0, 0, m - q0),
                out.data() + c * m + q0);
  }
  if (q0 > 0 && n > 0) {
    blas::gemm(Op::transpose, Op::none, q0, n, q0, 1.0, free.u.data(), q0, r + from * m, m, 0.0,
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

/// U^T y of all targets (columns of `y`, rows x t, which lose U U^T y), blocks of targets on
/// several threads, and adds the squares of what is left of each to `rest`.
Buffer<double> projected(Index rows, Index kept, const double* u, double* y, std::span<double> rest,
                         int n_threads, Monitor& monitor) {
  constexpr Index block = 64;
  const auto t = static_cast<Index>(rest.size());
  Buffer<double> dots(std::max<Index>(1, kept * t));
  TaskCounter blocks((t + block - 1) / block);
  Relay relay(monitor);
  const double work = 4.0 * static_cast<double>(rows) * static_cast<double>(kept) * t;
  run_team(threads_for(n_threads, work), [&](TeamMember&) {
    for (Index task = 0; blocks.next(task);) {
      relay.check();
      const Index first = task * block, count = std::min(block, t - first);
      double* mine = y + first * rows;
      if (kept > 0) {
        double* dot = dots.data() + first * kept;
        blas::gemm(Op::transpose, Op::none, kept, count, rows, 1.0, u, rows, mine, rows, 0.0, dot,
                   kept);
        blas::gemm(Op::none, Op::none, rows, count, kept, -1.0, u, rows, dot, kept, 1.0, mine,
                   rows);
      }
      for (Index v = 0; v < count; ++v) {
        for (Index i = 0; i < rows; ++i) rest[first + v] += mine[v * rows + i] * mine[v * rows + i];
      }
    }
  });
  return dots;
}

}  // namespace

Spectrum spectrum_of_triangle(Index m, std::span<const double> free_unit, const double* r,
                              std::vector<double> rest, double noise, int n_threads,
                              Monitor& monitor) {
  const auto n_free = static_cast<Index>(free_unit.size());
  const auto t = static_cast<Index>(rest.size());
  const Index q = m - n_free;
  const FreeTriangle free = free_triangle(free_unit, r, m, noise, monitor);
  Spectrum result;
  result.rank_free = free.rank;
  result.reference_rss = std::move(rest);
  const auto columns = rotated(m, n_free, free, r, n_free, q, monitor);
  const auto targets = rotated(m, n_free, free, r, m, t, monitor);
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
  Buffer<double> left(std::max<Index>(1, rows * t));
  for (Index v = 0; v < t; ++v) {
    std::copy_n(targets.data() + v * m, free.rank, result.target.data() + v * all);
    std::copy_n(targets.data() + v * m + free.rank, rows, left.data() + v * rows);
  }
  const auto dots =
      projected(rows, kept, u.data(), left.data(), result.reference_rss, n_threads, monitor);
  for (Index v = 0; v < t; ++v) {
    double* out = result.target.data() + v * all + free.rank;
    for (Index k = 0; k < kept; ++k) out[k] = s[k] * dots[v * kept + k];
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
