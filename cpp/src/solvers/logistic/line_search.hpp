#pragma once

#include <functional>

#include "solvers/logistic/objective.hpp"

namespace elltwo {

/// Line search on the objective, with gradients.
template <Real T>
class LogisticSearch {
 public:
  enum class Outcome { moved, stuck, interrupted };

  /// Writes the point at so much of the step.
  using Place = std::function<void(double length, double* theta)>;

  explicit LogisticSearch(const LogisticObjective<T>& objective) : objective_(objective) {}

  /// Looks for a part or a multiple of the step `direction` from `at` that lowers the objective enough,
  /// `descent` being the decrease that the slope at `at` promises. Counts passes.
  Outcome run(const LogisticPoint& at, const Place& place, const Buffer<double>& direction,
              double descent, LogisticInfo& info);

  /// The point that run() moved to.
  LogisticPoint& found() { return trial_; }

 private:
  bool try_length(double length, const Place& place, LogisticInfo& info);
  Outcome lengthen(double length, const Place& place, const Buffer<double>& direction,
                   double descent, LogisticInfo& info);

  const LogisticObjective<T>& objective_;
  LogisticPoint trial_;
  LogisticPoint shorter_;
};

}  // namespace elltwo
