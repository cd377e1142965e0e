#pragma once

#include <string>

#include "elltwo/views.hpp"

namespace elltwo {

/// How a fit ended. `separable`: unpenalised features separate the classes, so that the loss has no
/// minimum.
enum class Status { converged, max_iter_reached, interrupted, separable };

enum class Solver {
  closed_form,
  cholesky,
  dual_cholesky,
  qr,
  svd,
  eigen,
  dual_eigen,
  coordinate_descent,
  cg,
  newton_cholesky,
  quasi_newton,
  newton_cg,
  active_set,
  prox_newton
};

constexpr const char* to_string(Status status) {
  switch (status) {
    case Status::converged:
      return "converged";
    case Status::max_iter_reached:
      return "max_iter_reached";
    case Status::interrupted:
      return "interrupted";
    case Status::separable:
      return "separable";
  }
  return "unknown";
}

constexpr const char* to_string(Solver solver) {
  switch (solver) {
    case Solver::closed_form:
      return "closed_form";
    case Solver::cholesky:
      return "cholesky";
    case Solver::dual_cholesky:
      return "dual_cholesky";
    case Solver::qr:
      return "qr";
    case Solver::svd:
      return "svd";
    case Solver::eigen:
      return "eigen";
    case Solver::dual_eigen:
      return "dual_eigen";
    case Solver::coordinate_descent:
      return "coordinate_descent";
    case Solver::cg:
      return "cg";
    case Solver::newton_cholesky:
      return "newton_cholesky";
    case Solver::quasi_newton:
      return "quasi_newton";
    case Solver::newton_cg:
      return "newton_cg";
    case Solver::active_set:
      return "active_set";
    case Solver::prox_newton:
      return "prox_newton";
  }
  return "unknown";
}

/// How a fit ended, and by what means. Every field is always set.
struct SolveInfo {
  Status status = Status::converged;
  Solver solver = Solver::closed_form;
  const char* reason = "";    ///< why this solver was tried first
  const char* fallback = "";  ///< why another solver replaced it; empty if none did
  double optimality = 0.0;    ///< relative KKT residual reached, the largest of all targets
  double tolerance = 0.0;     ///< the bound that `optimality` was to reach
  double rcond = 1.0;         ///< reciprocal condition number of the equilibrated system
  Index rank = 0;             ///< numerical rank of the system solved
  int n_iter = 0;             ///< corrections with residuals from the original data, or sweeps
  int n_threads = 1;
};

}  // namespace elltwo
