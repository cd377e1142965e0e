#pragma once

#include <span>
#include <vector>

#include "linalg/buffer.hpp"
#include "linalg/tridiagonal.hpp"

namespace elltwo {

/// A ridge problem in coordinates where every penalty is a shift. Of the design's directions the
/// first `rank_free` are unpenalised, in an orthonormal basis; in the others the Gram matrix of
/// what the penalised columns hold beyond them is tridiagonal, or diagonal. The solution at alpha
/// is basis z,
///   z_k = target_k if unpenalised,   z = (T + alpha I)^-1 target elsewhere.
struct Spectrum {
  Index rank_free = 0;
  std::vector<double> s;              ///< positive eigenvalues of T, descending
  Tridiagonal penalised;              ///< T
  Buffer<double> basis;               ///< design columns x directions, column-major
  Buffer<double> target;              ///< directions x targets, column-major
  double reference_alpha = 0.0;       ///< alpha at which reference_rss is known
  std::vector<double> reference_rss;  ///< residual sums of squares, one for each target
  double largest = 0.0;               ///< largest eigenvalue of T
  double smallest = 0.0;              ///< smallest eigenvalue of T, 0 if it is rank deficient

  Index n_targets() const { return static_cast<Index>(reference_rss.size()); }
  Index directions() const { return rank_free + penalised.size(); }

  /// The basis rotated so that T is diag(s): design columns x (rank_free + s), column-major. Throws
  /// Interrupted.
  Buffer<double> eigenvectors(Monitor& monitor) const;

  /// The solutions of targets [first, first + count), directions x count.
  void solution(double alpha, Index first, Index count, double* z) const;

  /// The residual sums of squares of all targets.
  void residual_squares(double alpha, double* rss) const;

 private:
  void residual_squares_of_some(double alpha, Index first, Index count, double* rss) const;
};

/// From the Gram matrix of penalised columns (m x m, both triangles, overwritten), its products
/// with the targets (m x t) and the targets' own squares; good from `smallest_alpha` on. `noise`:
/// eigenvalues below this part of the largest count as zero.
Spectrum spectrum_of_gram(Index m, Buffer<double> g, const double* gy,
                          const std::vector<double>& yy, double smallest_alpha, double noise,
                          int n_threads, Monitor& monitor);

/// From the triangle of a QR of [columns | targets] (m x m, m x t, column-major), unpenalised
/// columns first, and what the targets have beyond it. Where unpenalised columns are dependent, the
/// solution with the least sum of (free_unit_j z_j)^2 over them is taken, free_unit having a value
/// for each.
Spectrum spectrum_of_triangle(Index m, std::span<const double> free_unit, const double* r,
                              std::vector<double> rest, double noise, int n_threads,
                              Monitor& monitor);

}  // namespace elltwo
