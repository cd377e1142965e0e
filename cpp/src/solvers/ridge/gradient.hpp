#pragma once

#include <vector>

#include "gram/stream.hpp"
#include "solvers/ridge/problem.hpp"

namespace elltwo {

/// Half the negative gradient of the ridge objective, in scaled coordinates, for a group of targets:
///   g_j = sum w x_j (y - b0 - x.b) - alpha_j (b_j - m_j),   b0 at its optimum for b.
template <Real T>
class Gradient {
 public:
  Gradient(const Problem<T>& problem, ScaledMoments& moments, const TargetGroup& group)
      : problem_(problem), moments_(moments), group_(group) {}

  /// From the moments: O(p^2) a target.
  void from_moments(const double* b, double* g) const;

  /// From the original data: small ones in compensated arithmetic, others in double, one pass. Also
  /// moves the means to full precision. Compensated, y_mean - x_mean.b goes into `centre` (one per
  /// target), which stays empty otherwise. False if the monitor asked to stop.
  bool from_data(const double* b, double* g, std::vector<double>& centre) const;

  /// Brings the means to full precision: those of float data are only as good as float sums. False
  /// if the monitor asked to stop.
  bool settle_means() const;

  /// Whether the data are so few that compensated residuals cost next to nothing.
  bool is_small() const {
    return problem_.n_samples() * problem_.n_features() * targets() <= small_data;
  }

  /// kappa with which the means' outer product enters when the intercept is penalised:
  /// W a / (W + a), from eliminating b0 = W (y_mean - x_mean.b) / (W + a); W without an intercept,
  /// which is 0 of moments about zero.
  double kappa() const;

 private:
  static constexpr Index small_data = 16384;

  void from_small_data(const double* b, double* g, std::vector<double>& centre) const;
  bool from_large_data(const double* b, double* g) const;
  Index targets() const { return static_cast<Index>(group_.targets.size()); }
  void apply_means(const double* b, const double* sums, double* g) const;
  double mean_residual(Index target, const double* b) const;
  void subtract_penalty(const double* b, double* g) const;

  const Problem<T>& problem_;
  ScaledMoments& moments_;
  const TargetGroup& group_;
};

}  // namespace elltwo
