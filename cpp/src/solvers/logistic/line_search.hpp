#pragma once

#include <functional>

#include "solvers/logistic/objective.hpp"

namespace elltwo {

/// A search along a step for a point that lowers the objective; every trial evaluates the gradient
/// too.
template <Real T>
class LogisticLineSearch {
 public:
  /// Writes the point at a given length of the step; length 1 is its end.
  using WritePoint = std::function<void(double length, double* theta)>;

  explicit LogisticLineSearch(const LogisticObjective<T>& objective) : objective_(objective) {}

  /// Looks for a length at which the objective is sufficiently lower than at `at`. `direction` is
  /// the step of length 1 and descent = at.slope . direction > 0 the decrease it promises. Adds to
  /// info.n_passes. False if there is no such length: only rounding is left.
  bool run(const LogisticPoint& at, const WritePoint& write_point, const Buffer<double>& direction,
           double descent, LogisticInfo& info);

  /// A step is lengthened while more than this part of the descent at its start is left at its
  /// end.
  void set_steep(double share) { steep_ = share; }

  /// The point that the last successful run() found.
  LogisticPoint& found() { return trial_; }

 private:
  void evaluate(double length, const WritePoint& write_point, LogisticInfo& info);
  void lengthen(double length, const WritePoint& write_point, const Buffer<double>& direction,
                double descent, LogisticInfo& info);

  const LogisticObjective<T>& objective_;
  double steep_ = 0.35;
  LogisticPoint trial_;
  LogisticPoint shorter_;
};

}  // namespace elltwo
