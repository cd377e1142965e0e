#pragma once

#include "solvers/logistic/objective.hpp"

namespace elltwo {

/// A kept approximation M of the Hessian, which steps are measured with.
class LogisticMetric {
 public:
  LogisticMetric() = default;
  LogisticMetric(const LogisticMetric&) = delete;
  LogisticMetric& operator=(const LogisticMetric&) = delete;
  virtual ~LogisticMetric() = default;

  /// The Hessian at a point that has just been evaluated over `rows`. False if the monitor asked to stop.
  virtual bool refresh(const LogisticPoint& at, const LogisticRows& rows) = 0;

  /// Whether change_penalty() may take the place of a refresh when penalties have changed.
  virtual bool follows_penalty() const { return true; }

  /// The same loss with the problem's current penalties. False if the monitor asked to stop.
  virtual bool change_penalty() = 0;

  /// step = M^-1 slope, outputs x cols; 0 where nothing moves. What several classes have in common stays as it
  /// is: the loss does not see it, and points begin with as much of it as their prior means.
  virtual void solve(const double* slope, double* step) const = 0;

  /// What refresh() costs over all rows, in passes for a gradient.
  virtual double cost() const = 0;

  /// What a step leaves of the gradient, about, near a minimum where the metric was refreshed.
  virtual double pace() const { return 0.03; }

  virtual double rcond() const = 0;
  virtual Index rank() const = 0;
};

}  // namespace elltwo
