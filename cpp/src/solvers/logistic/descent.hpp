#pragma once

#include <deque>
#include <vector>

#include "solvers/logistic/line_search.hpp"
#include "solvers/logistic/metric.hpp"

namespace elltwo {

/// When a descent stops.
struct DescentGoal {
  double tol = 0.0;  ///< optimality that is enough
  /// Newton decrement, slope . M^-1 slope, below which the point is good enough.
  double decrement = 0.0;
  int max_iter = 0;          ///< steps
  bool polish = false;       ///< continue beyond tol for as long as steps halve the optimality
  bool is_answer = false;    ///< the point is what the fit returns: a minimum must exist
  bool keep_metric = false;  ///< refresh the metric only where steps with it get nowhere
  /// Return once quasi-Newton steps have proved slow; others follow, up to the fit's max_iter.
  bool stop_if_slow = false;
};

/// Minimisation by quasi-Newton steps: BFGS with limited memory (Nocedal 1980) that begins with a
/// metric M. With M the Hessian at the point a step is Newton's. M is refreshed where the steps
/// this saves are expected to cost more than the refresh.
template <Real T>
class LogisticDescent {
 public:
  LogisticDescent(const LogisticObjective<T>& objective, LogisticMetric& metric)
      : objective_(objective), metric_(metric), search_(objective) {}

  /// Moves `at`, which has been evaluated, towards the minimum. metric_is_near: the metric was
  /// refreshed near it and is kept for the first step. Adds to the counts of `info` and sets its
  /// status, tolerance and optimality.
  void run(const DescentGoal& goal, bool metric_is_near, LogisticPoint& at, LogisticInfo& info);

 private:
  struct Pair {
    Buffer<double> step;           ///< s
    Buffer<double> slope_change;   ///< y, the difference of gradients
    double inverse_product = 0.0;  ///< 1 / s.y
  };

  void refresh(const LogisticPoint& at, LogisticInfo& info);
  double set_direction(const LogisticPoint& at);
  bool search(double descent, const LogisticPoint& at, LogisticInfo& info);
  void store_pair(const LogisticPoint& at);
  void iterate(const DescentGoal& goal, bool metric_is_near, LogisticPoint& at, LogisticInfo& info);
  bool refresh_pays(double optimality, const DescentGoal& goal);
  bool slow(int iter, double tol) const;
  double share_of_rows() const;

  const LogisticObjective<T>& objective_;
  LogisticMetric& metric_;
  Buffer<double> direction_;
  LogisticLineSearch<T> search_;
  std::deque<Pair> pairs_;
  std::vector<double> optimalities_;  ///< before each step
  int since_refresh_ = 0;             ///< steps; one more for a metric that was refreshed elsewhere
  double optimality_at_refresh_ = 0.0;
  double first_contraction_ = 0.0;  ///< mean contraction of the first steps since the refresh
  double scale_ = 1.0;              ///< of M^-1
  double gap_ = 0.0;  ///< estimate of (objective - minimum) / objective: half the decrement
};

}  // namespace elltwo
