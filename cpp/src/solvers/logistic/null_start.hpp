#pragma once

#include <span>

#include "solvers/logistic/objective.hpp"

namespace elltwo {

/// The model without predictors as a start. Fits begin at the prior means, where these may leave
/// every row saturated: curvature vanishes there, and Newton's steps lose their meaning.
template <Real T>
class NullStart {
 public:
  explicit NullStart(const LogisticObjective<T>& objective) : objective_(objective) {}

  /// Moves `at` to theta, a point without predictors, if the objective at the current alpha is
  /// lower there. One pass, unless theta has been evaluated before.
  bool take_if_lower(std::span<const double> theta, LogisticPoint& at, LogisticInfo& info);

 private:
  const LogisticObjective<T>& objective_;
  LogisticPoint point_;  ///< the last theta; without numbers before the first and once it is taken
};

}  // namespace elltwo
