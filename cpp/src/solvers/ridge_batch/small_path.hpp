#pragma once

#include <span>

#include "elltwo/views.hpp"

namespace elltwo {

/// Every penalty of a small system (G + alpha I) b = c from an orthogonal form, Q^T G Q = T, in which T is
/// tridiagonal; alphas side by side, without allocation.
class SmallPath {
 public:
  static constexpr Index max_size = 32;
  static constexpr Index max_alphas = 64;

  /// G (p x p, row-major, both triangles) is overwritten. Entries of G must lie within 1e-100 and 1e100
  /// where they are not zero.
  void decompose(Index p, double* g, const double* c, bool with_basis);

  /// Whether (smallest eigenvalue + alpha) is surely a millionth of the largest or more.
  bool well_conditioned(double alpha) const;

  double trace() const;
  double inverse_trace(double alpha) const;

  /// Factors T + alpha I and solves for z = (T + alpha I)^-1 Q^T c, at most max_alphas of them; infinity
  /// gives zeros.
  void shift(std::span<const double> alphas);

  /// Of all shifts: sum s / (s + alpha) over the eigenvalues s, and y^2 - c.b - alpha b^2, the residual sum of
  /// squares, from that at alpha_0, not above any of the shifts, and terms that are positive. False if what
  /// is left of yy at alpha_0 has lost digits.
  bool measures(double yy, double alpha_0, double* edf, double* rss);

  /// b = Q z of all shifts, out[s * ld + j].
  void coefficients(double* out, Index ld);

  Index size() const { return p_; }
  /// Of the arrays below: the number of shifts, padded.
  Index stride() const { return stride_; }
  const double* lower() const {
    return lower_;
  }  ///< [k * stride + s], L of L D L^T below the diagonal
  const double* inverse() const { return inverse_; }  ///< [k * stride + s], 1 / D
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
  alignas(64) double packed_[max_size * max_size];  // q_, see gram/kernels.hpp
  double alpha_[max_alphas];
  alignas(64) double lower_[max_size * max_alphas];
  alignas(64) double inverse_[max_size * max_alphas];
  alignas(64) double z_[max_size * max_alphas];
  alignas(64) double turned_[max_size * max_alphas];  // z_, shift by shift
  alignas(64) double row_[max_alphas];
};

}  // namespace elltwo
