#pragma once

#include "solvers/network/levenberg_marquardt.hpp"
#include "solvers/network/packed_problem.hpp"

namespace elltwo::network {

/// One fit by variable projection, in single precision until rounding errors hide the decrease of
/// the objective or the gradient is small, and then in double.
template <Real S>
class Varpro {
 public:
  /// All arguments must outlive this.
  Varpro(const NetworkModel& model, PackedProblem<S>& problem, const NetworkOptions& options,
         int n_threads)
      : model_(model), problem_(problem), n_threads_(n_threads), steps_(options, n_threads) {
    info_.solver = NetworkSolver::variable_projection;
    info_.tolerance = options.tol;
  }

  /// Overwrites the start by the answer, or by the best so far where it is interrupted. Throws
  /// Interrupted.
  NetworkInfo run(std::span<double> parameters, Monitor& monitor);

 private:
  void descend(Monitor& monitor);

  const NetworkModel& model_;
  PackedProblem<S>& problem_;
  int n_threads_;
  LevenbergMarquardt steps_;
  VarproPoint point_;
  NetworkInfo info_;
};

}  // namespace elltwo::network
