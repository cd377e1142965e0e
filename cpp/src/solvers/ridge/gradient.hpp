#pragma once

#include <vector>

#include "gram/stream.hpp"
#include "solvers/ridge/problem.hpp"

namespace elltwo {

/// Half the negative gradient of the ridge objective, in scaled coordinates, for a group of
/// targets:
///   g_j = sum w x_j (y - b0 - x.b) - alpha_j (b_j - m_j),   b0 at its optimum for b.
template <Real T>
class Gradient {
 public:
  /// `means` are those about which the moments are, or closer ones.
  Gradient(const Problem<T>& problem, const ScaledMoments& moments, Means& means,
           const TargetGroup& group)
      : problem_(problem), moments_(moments), means_(means), group_(group) {}

  /// From the moments: O(p^2) a target.
  void from_moments(const double* b, double* g) const;

  /// From the original data: small ones in compensated arithmetic, others in one pass in double,
  /// which also refines the means. Compensated arithmetic writes y_mean - x_mean.b of each target
  /// into `centre`, which stays empty otherwise.
  void from_data(const double* b, double* g, std::vector<double>& centre) const;

  /// Refines the means by one pass over the data in double: those of float data are only as good as
  /// float sums.
  void refine_means() const;

  /// Whether the data are so few that compensated residuals cost next to nothing.
  bool is_small() const {
    return problem_.n_samples() * problem_.n_features() * targets() <= small_data;
  }

  /// See Problem::kappa.
  double kappa() const { return problem_.kappa(means_.weight, group_.alpha); }

 private:
  static constexpr Index small_data = 16384;

  void from_small_data(const double* b, double* g, std::vector<double>& centre) const;
  void from_large_data(const double* b, double* g) const;
  Index targets() const { return static_cast<Index>(group_.targets.size()); }
  void apply_means(const double* b, const double* sums, double* g) const;
  double mean_residual(Index target, const double* b) const;
  void subtract_penalty(const double* b, double* g) const;

  const Problem<T>& problem_;
  const ScaledMoments& moments_;
  Means& means_;
  const TargetGroup& group_;
};

}  // namespace elltwo
