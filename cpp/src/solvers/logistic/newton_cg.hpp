#pragma once

#include "solvers/logistic/conjugate_gradients.hpp"
#include "solvers/logistic/descent.hpp"

namespace elltwo {

/// Minimisation by Newton steps d, H d = slope with the exact Hessian H, solved by conjugate
/// gradients that a metric M preconditions: a truncated Newton method (Dembo and Steihaug 1983;
/// Lin, Weng and Keerthi 2008) with a line search. Every iteration of conjugate gradients is a pass
/// over the data. Where probabilities are near 0 and 1 each row couples few classes, strongly, and
/// quasi-Newton steps in a metric that leaves the coupling out are slow.
template <Real T>
class LogisticNewtonCg {
 public:
  LogisticNewtonCg(const LogisticObjective<T>& objective, LogisticMetric& metric)
      : objective_(objective),
        metric_(metric),
        search_(objective),
        cg_(objective.problem().size()) {}

  /// As LogisticDescent::run(), with steps of this kind.
  void run(const DescentGoal& goal, bool metric_is_near, LogisticPoint& at, LogisticInfo& info);

  /// Reciprocal condition number of H in the metric, from the Lanczos matrix of the last direction.
  double rcond() const { return cg_.rcond(); }

 private:
  void iterate(const DescentGoal& goal, bool metric_is_near, LogisticPoint& at, LogisticInfo& info);
  void refresh(const LogisticPoint& at, LogisticInfo& info);
  double set_direction(const LogisticPoint& at, double accuracy, LogisticInfo& info);
  bool search(double descent, const LogisticPoint& at, LogisticInfo& info);

  const LogisticObjective<T>& objective_;
  LogisticMetric& metric_;
  LogisticLineSearch<T> search_;
  Buffer<double> direction_;  ///< d
  bool fresh_ = false;        ///< the metric was refreshed at the current point
  ConjugateGradients cg_;     ///< for d
};

}  // namespace elltwo
