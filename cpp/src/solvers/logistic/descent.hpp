#pragma once

#include <deque>
#include <vector>

#include "solvers/logistic/line_search.hpp"
#include "solvers/logistic/metric.hpp"

namespace elltwo {

/// When a descent may stop.
struct DescentGoal {
  double tol = 0.0;        ///< optimality
  double decrement = 0.0;  ///< or a Newton decrement slope.M^-1 slope of at most that
  int max_iter = 0;
  bool polish = false;  ///< whether to go on beyond tol as long as steps halve the optimality
};

/// Quasi-Newton steps (BFGS with limited memory: Nocedal 1980) in a kept metric. With a metric taken at the
/// point itself a step is Newton's; the metric is taken anew where the pace promises to pay for it.
template <Real T>
class LogisticDescent {
 public:
  LogisticDescent(const LogisticObjective<T>& objective, LogisticMetric& metric)
      : objective_(objective), metric_(metric), search_(objective) {}

  /// Minimises from `at`, which has been evaluated. metric_is_near says whether the metric was taken near
  /// it. Adds to the counts of `info`; sets status, optimality, gap. False if the monitor asked to stop.
  bool run(const DescentGoal& goal, bool metric_is_near, LogisticPoint& at, LogisticInfo& info);

 private:
  struct Pair {
    Buffer<double> step;
    Buffer<double> turn;  ///< difference of gradients
    double inverse_product = 0.0;
  };

  bool refresh(const LogisticPoint& at, LogisticInfo& info);
  double direct(const LogisticPoint& at);
  auto search(double descent, const LogisticPoint& at, LogisticInfo& info);
  void remember(const LogisticPoint& at);
  bool found_separation(const LogisticPoint& at, LogisticInfo& info) const;
  bool refresh_pays(double optimality, double tol, double gap);
  double dot(const Buffer<double>& a, const Buffer<double>& b) const;

  const LogisticObjective<T>& objective_;
  LogisticMetric& metric_;
  Buffer<double> direction_;
  LogisticSearch<T> search_;
  std::deque<Pair> pairs_;
  int since_refresh_ = 0;  // steps; from a metric taken elsewhere, one more
  double optimality_at_refresh_ = 0.0;
  double settled_pace_ = 0.0;  // of the first steps in the metric
  double scale_ = 1.0;         // of the metric's inverse
};

}  // namespace elltwo
