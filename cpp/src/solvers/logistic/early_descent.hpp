#pragma once

#include "solvers/logistic/descent.hpp"
#include "solvers/logistic/diagonal_metric.hpp"
#include "solvers/logistic/rounded_rows.hpp"

namespace elltwo {

/// Quasi-Newton steps without a Hessian, which start a fit of two classes and end it where they
/// are expected to reach its tolerance sooner than a Hessian's products and factorisation. The
/// first ones are over rounded rows. A Hessian is worth its price, that of 50 to 200 passes where
/// rows and columns are about as many, near the minimum alone.
template <Real T>
class EarlyDescent {
 public:
  /// hessian_cost: that of a Hessian in passes over the data.
  EarlyDescent(const LogisticObjective<T>& objective, const RoundedRows& rounded,
               double hessian_cost)
      : objective_(objective),
        rounded_(rounded),
        hessian_cost_(hessian_cost),
        metric_(objective.problem()) {}

  /// Moves `at`, which need not have been evaluated, towards the minimum; returns whether the
  /// goal's tolerance has been reached. Steps that do not end the fit are not counted in
  /// info.n_iter.
  bool run(const DescentGoal& goal, LogisticPoint& at, LogisticInfo& info);

  /// The metric of the steps.
  const LogisticMetric& metric() const { return metric_; }

  /// An upper bound of the Hessian's reciprocal condition number in this metric.
  double rcond() const { return rcond_; }

 private:
  const LogisticObjective<T>& objective_;
  const RoundedRows& rounded_;
  double hessian_cost_;
  DiagonalMetric<T> metric_;
  double rcond_ = 1.0;
};

}  // namespace elltwo
