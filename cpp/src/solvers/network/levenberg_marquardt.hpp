#pragma once

#include "elltwo/network.hpp"
#include "solvers/network/reduced_problem.hpp"

namespace elltwo::network {

/// `stalled`: steps no longer decrease the objective beyond rounding errors; `overflow`: there is
/// no finite objective to begin with.
enum class DescentEnd { converged, stalled, max_iter, max_passes, overflow };

/// Levenberg-Marquardt steps on a reduced problem, whose damping goes on from one precision to the
/// next.
class LevenbergMarquardt {
 public:
  LevenbergMarquardt(const NetworkOptions& options, int n_threads)
      : options_(options), n_threads_(n_threads) {}

  int n_iter() const { return n_iter_; }
  int n_evaluations() const { return n_evaluations_; }

  /// Goes on from the parameters of the point, which is evaluated first, and always holds the best
  /// so far. Throws Interrupted.
  template <Real T>
  DescentEnd run(ReducedProblem<T>& problem, VarproPoint& point, Monitor& monitor);

 private:
  bool is_stationary(const VarproPoint& point) const;

  /// Solves (matrix + damping) step = -gradient. False where the factor does not exist.
  bool solve(Index q, double damping, const Buffer<double>& matrix, const VarproPoint& point,
             Monitor& monitor);
  template <Real T>
  bool step(ReducedProblem<T>& problem, const Buffer<double>& matrix, VarproPoint& point,
            Monitor& monitor);

  const NetworkOptions& options_;
  int n_threads_;
  Buffer<double> factor_;
  std::vector<double> step_;
  VarproPoint trial_;
  // Weaker damping lets the first steps of two hidden layers fall to the minimum where all weights
  // are zero. Relative to the mean of the diagonal.
  double damping_ = 1.0;
  double growth_ = 2.0;
  int n_iter_ = 0;
  int n_evaluations_ = 0;
};

}  // namespace elltwo::network
