#pragma once

#include <span>

#include "elltwo/views.hpp"

namespace elltwo {

/// Solutions of a small system (G + alpha I) b = c at many alphas, from the tridiagonal form T =
/// Q^T G Q. Alphas are computed side by side in the lanes of vectors, without allocation.
class SmallPath {
 public:
  static constexpr Index max_size = 32;
  static constexpr Index max_alphas = 64;

  /// Reduces G (p x p, row-major, both triangles), which is overwritten. The magnitudes of its
  /// entries must be 0 or within [1e-100, 1e100]. basis() and coefficients() need with_basis.
  void decompose(Index p, double* g, const double* c, bool with_basis);

  /// True only if smallest + alpha >= 1e-6 largest for the eigenvalues of G.
  bool well_conditioned(double alpha) const;

  /// tr G.
  double trace() const;
  /// tr (G + alpha I)^-1; infinity where the matrix is not positive definite.
  double inverse_trace(double alpha) const;

  /// Factors T + alpha I and solves z = (T + alpha I)^-1 Q^T c for at most max_alphas alphas. An
  /// infinite alpha gives zeros.
  void shift(std::span<const double> alphas);

  /// For every alpha of shift(): edf = sum s / (s + alpha) over the eigenvalues s of G, and rss =
  /// yy - c.b - alpha b.b, the residual sum of squares. rss is computed as its value at alpha_0,
  /// which no alpha is below, plus positive terms. False if the difference at alpha_0 has lost
  /// digits.
  bool measures(double yy, double alpha_0, double* edf, double* rss);

  /// b = Q z for every alpha s of shift(), at out[s * ld + j].
  void coefficients(double* out, Index ld);

  Index size() const { return p_; }
  /// The number of alphas, padded to whole vectors: the row length of the arrays below.
  Index stride() const { return stride_; }
  /// L of T + alpha_s I = L D L^T below the diagonal, at [k * stride() + s].
  const double* lower() const { return lower_; }
  /// 1 / D, at [k * stride() + s].
  const double* inverse() const { return inverse_; }
  /// Q_jk.
  double basis(Index j, Index k) const { return q_[j * p_ + k]; }

 private:
  void form_basis();

  Index p_ = 0;
  Index count_ = 0;
  Index stride_ = 0;
  double diagonal_[max_size];
  double beside_[max_size];
  double c_[max_size];
  double reflector_[max_size * max_size];
  double beta_[max_size];
  double q_[max_size * max_size];
  alignas(64) double packed_[max_size * max_size];  // q_ in panels, see kernels/table.hpp
  double alpha_[max_alphas];
  alignas(64) double lower_[max_size * max_alphas];
  alignas(64) double inverse_[max_size * max_alphas];
  alignas(64) double z_[max_size * max_alphas];
  alignas(64) double rotated_[max_size * max_alphas];  // z_, alpha by alpha
  alignas(64) double row_[max_alphas];
};

}  // namespace elltwo
