#pragma once

#include <vector>

#include "linalg/buffer.hpp"
#include "solvers/logistic/problem.hpp"

namespace elltwo {

/// The objective at a point, and what a Hessian there needs.
struct LogisticPoint {
  Buffer<double> theta;       ///< outputs x cols
  Buffer<double> data_slope;  ///< negative gradient of the loss
  Buffer<double> slope;       ///< negative gradient of the objective; 0 where nothing moves
  /// Two classes: w p (1 - p) of each row. More: the rows' probabilities, classes x rows.
  Buffer<double> curvature;
  std::vector<double> residual;  ///< sqrt(sum w (indicator - p)^2) of each output
  double loss = 0.0;
  double penalty = 0.0;

  double objective() const { return loss + penalty; }
};

/// Loss, penalty and gradient over a set of rows: one pass over the data for each point.
template <Real T>
class LogisticObjective {
 public:
  LogisticObjective(const LogisticProblem<T>& problem, const LogisticRows& rows)
      : problem_(problem), rows_(rows) {}

  const LogisticProblem<T>& problem() const { return problem_; }
  const LogisticRows& rows() const { return rows_; }

  /// Room for a point of this objective.
  LogisticPoint room() const;

  /// Sets everything at at.theta. False if the monitor asked to stop.
  bool evaluate(LogisticPoint& at) const;

  /// Sets what depends on alpha: penalty and slope.
  void penalise(LogisticPoint& at) const;

  /// max_j |g_j| / (d_j |r|), d_j being the norm of column j and r the residuals: what a rounding error
  /// of the residuals would leave.
  double optimality(const LogisticPoint& at) const { return optimality(at, at.slope.data()); }

  /// The same of another slope there: of what bounds leave of it.
  double optimality(const LogisticPoint& at, const double* slope) const;

  /// The linear predictors of the rows without offsets, rows x outputs, in the user's terms. False if the
  /// monitor asked to stop.
  bool predictors(const LogisticPoint& at, std::vector<double>& z) const;

  enum class Separation { none, found, interrupted };

  /// Whether moving the unpenalised coefficients along a direction (outputs x cols; the rest of it does not
  /// count) raises some row's probability of its class and lowers none's (Albert and Anderson 1984): then
  /// the loss has no minimum. One pass.
  Separation separates(const double* direction) const;

 private:
  const LogisticProblem<T>& problem_;
  const LogisticRows& rows_;
};

}  // namespace elltwo
