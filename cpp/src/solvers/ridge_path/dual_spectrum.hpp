#pragma once

#include <vector>

#include "elltwo/solve_info.hpp"
#include "linalg/tridiagonal.hpp"
#include "solvers/ridge/dual_system.hpp"

namespace elltwo {

/// The dual of a ridge problem in coordinates where every penalty is a shift: the tridiagonal form
/// T = U^T K U of the kernel K beyond what is unpenalised, or the singular vectors U of the
/// features, with which T is diagonal. With z = U^T y the dual variables at alpha are U (T + alpha
/// I)^-1 z.
struct DualSpectrum {
  DualRoles roles;
  Unpenalised free;
  double unit = 1.0;         ///< eigenvalues of K in units of alpha; 0 if nothing is penalised
  std::vector<double> s{};   ///< positive eigenvalues of T, descending
  Tridiagonal t{};           ///< T, over `unit` as s is
  double free_value = 0.0;   ///< eigenvalue of T on unpenalised directions; 0 if T has none of them
  Buffer<double> u{};        ///< U: n x directions, column-major
  Buffer<double> z{};        ///< U^T y: directions x targets
  Buffer<double> outside{};  ///< n x targets: the part of y outside the span of U
  Buffer<double> outside_share{};  ///< n: the squared norm of that part of each row's unit vector
  bool complete = false;           ///< whether U spans all that is penalised
  Solver solver = Solver::dual_eigen;

  Index n_samples() const { return outside_share.size(); }
  Index n_targets() const { return outside.size() / n_samples(); }

  /// alpha as a shift of T.
  double shift_of(double alpha) const { return unit > 0.0 ? alpha : 0.0; }

  /// Directions of the features, the unpenalised ones among them.
  Index n_directions() const { return free.rank_of_features() + static_cast<Index>(s.size()); }
  Index n_unpenalised() const;

  /// (T + alpha I)^-1 z for all targets, directions x targets.
  void solution(double alpha, double* w) const;

  /// The residual sums of squares of all targets.
  void residual_squares(double alpha, double* rss) const;
};

/// Decomposes the dual system for alphas from `smallest_alpha` on. Throws std::invalid_argument
/// where squares of the data are out of range.
template <Real T>
DualSpectrum dual_spectrum(DualSystem<T>& system, double smallest_alpha);

/// All targets of a problem, `times` over, at alpha = 1.
TargetGroup all_targets(Index n_targets, Index times);

}  // namespace elltwo
