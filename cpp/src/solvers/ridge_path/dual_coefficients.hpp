#pragma once

#include <span>

#include "solvers/ridge_path/dual_spectrum.hpp"

namespace elltwo {

/// Coefficients at many alphas from the decomposition of the dual system.
template <Real T>
class DualCoefficients {
 public:
  DualCoefficients(DualSystem<T>& system, const DualSpectrum& spectrum)
      : system_(system), problem_(system.problem()), spectrum_(spectrum) {}

  const DualSystem<T>& system() const { return system_; }
  const DualSpectrum& spectrum() const { return spectrum_; }

  /// Writes coefficients (alphas x targets x features) and intercepts (alphas x targets) in the
  /// user's units, some alphas at a time, since work arrays grow with the fits.
  void write(std::span<const double> alphas, std::span<double> coef, std::span<double> intercept);

  /// Whether so many fits are sooner computed from the features in the directions U than from their
  /// dual variables. One fit costs 2 n^2 + 4 n p operations through its dual variables, and 2 n p
  /// after X^T U, which costs 2 n^2 p and, with so many fits, needs less memory than they do.
  bool worth_directions(Index fits) const;

  /// X^T U in units of coefficients (features x directions, column-major); computes the means of
  /// the features exactly.
  Buffer<double> features_in_directions();

 private:
  double unit() const { return spectrum_.unit > 0.0 ? spectrum_.unit : 1.0; }
  void from_directions(const Buffer<double>& features, const Buffer<double>& w, Index fits,
                       double* b) const;
  void from_dual_variables(const Buffer<double>& w, Index n_alphas, double* b);

  DualSystem<T>& system_;
  const Problem<T>& problem_;
  const DualSpectrum& spectrum_;
};

}  // namespace elltwo
