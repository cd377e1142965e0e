#pragma once

#include <vector>

#include "linalg/buffer.hpp"

namespace elltwo {

/// A ridge problem in the coordinates where every penalty is a division. Of the design's columns the
/// first `rank_free` directions are unpenalised, in an orthonormal basis; the others are the
/// eigenvectors of what the penalised columns hold beyond them. The solution at alpha is
///   z(alpha) = sum_k basis_k target_k g_k(alpha),   g_k = 1 if unpenalised, else 1 / (s_k + alpha),
/// and its residual sum of squares
///   rss_free + sum_k (alpha / (s_k + alpha))^2 target_k^2 / s_k.
struct Spectrum {
  Index rank_free = 0;
  std::vector<double> s;         ///< positive, descending
  Buffer<double> basis;          ///< design columns x directions, column-major
  Buffer<double> target;         ///< directions x targets, column-major
  std::vector<double> rss_free;  ///< what no coefficients can fit, per target
  double largest = 0.0;          ///< eigenvalue
  double smallest = 0.0;         ///< eigenvalue, 0 if rank deficient

  Index directions() const { return rank_free + static_cast<Index>(s.size()); }

  double gain(Index k, double alpha) const {
    return k < rank_free ? 1.0 : 1.0 / (s[static_cast<std::size_t>(k - rank_free)] + alpha);
  }
};

/// From the Gram matrix of the design (m x m) and its products with the targets (m x t), both
/// overwritten, and the targets' own squares. `noise`: eigenvalues below this part of the largest count as
/// zero.
Spectrum spectrum_of_gram(Index m, Index n_free, double* g, double* gy,
                          const std::vector<double>& yy, double noise);

/// From the triangle of a QR of [columns | targets] (m x m, m x t, column-major, ld) and what the targets
/// have beyond it.
Spectrum spectrum_of_triangle(Index m, Index n_free, const double* r, Index ld,
                              std::vector<double> rest, double noise);

/// Joins the free directions B (q0 x rank) and the eigenvectors V (q x kept) of the rest, whose own free
/// part is C = B^T Z_0^T Z: columns [B; 0] and [-B C V; V].
Buffer<double> joined_basis(Index q0, Index rank, const double* b, Index q, Index kept,
                            const double* v, const double* c);

}  // namespace elltwo
