#pragma once

#include "solvers/logistic/objective.hpp"

namespace elltwo {

/// A positive definite approximation M of the Hessian, kept from one step to the next. Quasi-Newton
/// steps begin with M^-1 in the place of the inverse Hessian.
class LogisticMetric {
 public:
  LogisticMetric() = default;
  LogisticMetric(const LogisticMetric&) = delete;
  LogisticMetric& operator=(const LogisticMetric&) = delete;
  virtual ~LogisticMetric() = default;

  /// Sets M to the Hessian or its approximation at a point that has been evaluated over `rows`.
  virtual void refresh(const LogisticPoint& at, const LogisticRows& rows) = 0;

  /// Whether change_penalty() may be called instead of refresh() when penalties have changed.
  virtual bool follows_penalty() const { return true; }

  /// Replaces the penalties in M by the problem's current ones and keeps the Hessian of the loss.
  virtual void change_penalty() = 0;

  /// step = M^-1 slope, outputs x cols; zero for coefficients that are not fitted. Of several
  /// classes the steps of each feature sum to zero: the loss does not depend on their mean, and
  /// fits start where the penalty is least in it.
  virtual void solve(const double* slope, double* step) const = 0;

  /// Time of refresh() over all rows, in passes for a gradient.
  virtual double cost() const = 0;

  /// Expected ratio of the gradients after and before a step near a minimum, with M refreshed
  /// there.
  virtual double contraction() const { return 0.03; }

  virtual double rcond() const = 0;
  virtual Index rank() const = 0;
};

}  // namespace elltwo
