#include "solvers/spectrum.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/lapack.hpp"

namespace elltwo {
namespace {

/// Directions of the free columns: an orthonormal basis B (n_free x rank) with Z_0 B orthonormal.
struct FreePart {
  Index rank = 0;
  Buffer<double> basis;
};

FreePart free_part(Index q0, const double* g, Index ld, double noise) {
  FreePart part;
  if (q0 == 0) return part;
  Buffer<double> v(q0 * q0);
  Buffer<double> s(q0);
  std::vector<double> unit(static_cast<std::size_t>(q0));
  for (Index a = 0; a < q0; ++a) {
    const double square = g[a * ld + a];
    unit[static_cast<std::size_t>(a)] = square > 0.0 ? 1.0 / std::sqrt(square) : 0.0;
  }
  for (Index a = 0; a < q0; ++a) {
    for (Index b = 0; b < q0; ++b) {
      const auto i = static_cast<std::size_t>(a), j = static_cast<std::size_t>(b);
      v[a * q0 + b] = g[a * ld + b] * unit[i] * unit[j];
    }
  }
  lapack::syevd(blas::Uplo::lower, q0, v.data(), q0, s.data());
  part.basis = Buffer<double>(q0 * q0);
  for (Index k = q0 - 1; k >= 0 && s[k] > noise * s[q0 - 1]; --k) {
    for (Index a = 0; a < q0; ++a) {
      part.basis[part.rank * q0 + a] =
          v[k * q0 + a] * unit[static_cast<std::size_t>(a)] / std::sqrt(s[k]);
    }
    ++part.rank;
  }
  return part;
}

}  // namespace

Buffer<double> joined_basis(Index q0, Index rank, const double* b, Index q, Index kept,
                            const double* v, const double* c) {
  const Index m = q0 + q;
  auto basis = Buffer<double>::zeros(std::max<Index>(1, m * (rank + kept)));
  for (Index k = 0; k < rank; ++k) std::copy_n(b + k * q0, q0, basis.data() + k * m);
  for (Index k = 0; k < kept; ++k) {
    std::copy_n(v + k * q, q, basis.data() + (rank + k) * m + q0);
  }
  if (rank == 0 || kept == 0) return basis;
  Buffer<double> cv(rank * kept);
  blas::gemm(blas::Op::none, blas::Op::none, rank, kept, q, 1.0, c, rank, v, q, 0.0, cv.data(),
             rank);
  blas::gemm(blas::Op::none, blas::Op::none, q0, kept, rank, -1.0, b, q0, cv.data(), rank, 0.0,
             basis.data() + rank * m, m);
  return basis;
}

Spectrum spectrum_of_gram(Index m, Index n_free, double* g, double* gy,
                          const std::vector<double>& yy, double noise) {
  using blas::Op;
  const auto t = static_cast<Index>(yy.size());
  const Index q = m - n_free;
  const FreePart free = free_part(n_free, g, m, noise);
  Spectrum result;
  result.rank_free = free.rank;
  result.rss_free = yy;
  Buffer<double> c(std::max<Index>(1, free.rank * q));
  Buffer<double> free_target(std::max<Index>(1, free.rank * t));
  if (free.rank > 0) {
    blas::gemm(Op::transpose, Op::none, free.rank, t, n_free, 1.0, free.basis.data(), n_free, gy, m,
               0.0, free_target.data(), free.rank);
    blas::gemm(Op::transpose, Op::none, free.rank, q, n_free, 1.0, free.basis.data(), n_free,
               g + n_free * m, m, 0.0, c.data(), free.rank);
    blas::gemm(Op::transpose, Op::none, q, q, free.rank, -1.0, c.data(), free.rank, c.data(),
               free.rank, 1.0, g + n_free * m + n_free, m);
    blas::gemm(Op::transpose, Op::none, q, t, free.rank, -1.0, c.data(), free.rank,
               free_target.data(), free.rank, 1.0, gy + n_free, m);
  }
  Buffer<double> v(std::max<Index>(1, q * q)), s(std::max<Index>(1, q));
  for (Index k = 0; k < q; ++k) std::copy_n(g + (n_free + k) * m + n_free, q, v.data() + k * q);
  if (q > 0) lapack::syevd(blas::Uplo::lower, q, v.data(), q, s.data());
  result.largest = q > 0 ? std::max(s[q - 1], 0.0) : 0.0;
  Buffer<double> descending(std::max<Index>(1, q * q));
  for (Index k = q - 1; k >= 0 && s[k] > noise * result.largest; --k) {
    std::copy_n(v.data() + k * q, q, descending.data() + static_cast<Index>(result.s.size()) * q);
    result.s.push_back(s[k]);
  }
  const auto kept = static_cast<Index>(result.s.size());
  result.smallest = kept == q && q > 0 ? result.s.back() : 0.0;
  const Index all = result.directions();
  result.target = Buffer<double>(std::max<Index>(1, all * t));
  for (Index u = 0; u < t; ++u) {
    std::copy_n(free_target.data() + u * free.rank, free.rank, result.target.data() + u * all);
  }
  if (kept > 0) {
    blas::gemm(Op::transpose, Op::none, kept, t, q, 1.0, descending.data(), q, gy + n_free, m, 0.0,
               result.target.data() + free.rank, all);
  }
  for (Index u = 0; u < t; ++u) {
    double& rss = result.rss_free[static_cast<std::size_t>(u)];
    for (Index k = 0; k < all; ++k) {
      const double part = result.target[u * all + k];
      rss -= k < free.rank ? part * part
                           : part * part / result.s[static_cast<std::size_t>(k - free.rank)];
    }
    rss = std::max(rss, 0.0);
  }
  result.basis =
      joined_basis(n_free, free.rank, free.basis.data(), q, kept, descending.data(), c.data());
  return result;
}

}  // namespace elltwo
