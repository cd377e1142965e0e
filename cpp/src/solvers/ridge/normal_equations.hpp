#pragma once

#include <optional>
#include <vector>

#include "linalg/posdef.hpp"
#include "solvers/ridge/problem.hpp"

namespace elltwo {

/// The features that are solved for, ascending: neither pinned nor constant without a penalty,
/// whose coefficients any value fits as well. Constant ones are among them at alpha = 0 where the
/// penalised intercept shares with them, see nearest_norm.
template <Real T>
std::vector<Index> active_features(const Problem<T>& problem, const ScaledMoments& moments,
                                   const Means& means, double alpha);

/// G + kappa x_mean x_mean^T + alpha F of the active features, not yet factored.
template <Real T>
PosDefSystem normal_system(const Problem<T>& problem, const ScaledMoments& moments,
                           const Means& means, const std::vector<Index>& active, double alpha,
                           double kappa);

/// The normal equations of one group of targets. Coefficients and gradients are targets x features;
/// those of features that are not active are neither read nor changed. Means are read as they are
/// when a function is called, since passes over the data refine them.
template <Real T>
class NormalEquations {
 public:
  NormalEquations(const Problem<T>& problem, const ScaledMoments& moments, const Means& means,
                  const TargetGroup& group)
      : problem_(problem),
        moments_(moments),
        means_(means),
        group_(group),
        active_(active_features(problem, moments, means, group.alpha)) {}

  const TargetGroup& group() const { return group_; }
  const std::vector<Index>& active() const { return active_; }
  Index n_active() const { return static_cast<Index>(active_.size()); }

  /// Selects the active features anew, after the moments have been formed again.
  void select_active() { active_ = active_features(problem_, moments_, means_, group_.alpha); }

  /// Whether constant features without a penalty are solved for, which makes the system singular.
  bool has_constants() const;

  /// Forms and factors the system; false if it is not positive definite.
  bool factor();

  /// Reciprocal condition number of the equilibrated system.
  double rcond() const { return system_->rcond(); }

  /// The prior means of all features.
  Buffer<double> prior() const;

  /// (G + A)^-1 g on the active features, zero elsewhere.
  Buffer<double> correction(const double* g) const { return correction(g, n_targets()); }

  /// The same of n vectors g, n x features.
  Buffer<double> correction(const double* g, Index n) const;

  /// d_j = sqrt(G_jj + kappa x_mean_j^2 + alpha_j), which brings the system to a unit diagonal; the
  /// size about zero of a constant feature, whose gradient is rounding. One for each active
  /// feature.
  std::vector<double> column_sizes() const;

  /// |d b|^2 of each target.
  std::vector<double> fitted_squares(const double* b) const;

  /// |y| + |d b| of a target, given |d b|^2.
  double scale_of(Index target, double fitted) const;

  /// max over targets and features of |g_j| / (d_j (|y| + |d b|)): the size of the gradient
  /// relative to the terms it is the difference of. d_j^2 is the diagonal of the system.
  double optimality(const double* b, const double* g) const;

  /// A bound on the optimality at b that a step s = M^-1 g(b - s) with the computed system M led
  /// to.
  double optimality_bound(const double* b, const double* step) const;

  /// max over targets of |d step| / |d b|.
  double step_size(const double* b, const double* step) const;

  /// Whether some coefficient owes too much to its penalty for an orthogonal factorisation, see
  /// dominant_penalty.
  bool is_dominated() const;

 private:
  double kappa() const { return problem_.kappa(means_.weight, group_.alpha); }
  Index n_targets() const { return static_cast<Index>(group_.targets.size()); }

  const Problem<T>& problem_;
  const ScaledMoments& moments_;
  const Means& means_;
  const TargetGroup& group_;
  std::vector<Index> active_;
  std::optional<PosDefSystem> system_;
};

}  // namespace elltwo
