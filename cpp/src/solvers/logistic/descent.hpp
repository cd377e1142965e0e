#pragma once

#include <deque>
#include <vector>

#include "solvers/logistic/line_search.hpp"
#include "solvers/logistic/metric.hpp"
#include "solvers/shared/ranges.hpp"

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
  /// Keep the metric whatever the steps do, and scale it by every pair.
  bool plain = false;
  /// Return once the steps that remain are expected to cost more than this many passes, those of
  /// another method, or as many have been made. 0: there is no other method.
  double alternative = 0.0;
  double final_tol = 0.0;  ///< of the fit, where a descent with costlier steps follows at tol
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

  /// Begins the next run with the pairs of another descent in the same metric.
  void take_pairs(LogisticDescent& from);

  /// The least curvature in the metric that steps have met, over the largest: an upper bound of the
  /// reciprocal condition number.
  double curvature_ratio() const;

 private:
  struct Pair {
    Buffer<double> step;           ///< s
    Buffer<double> slope_change;   ///< y, the difference of gradients
    double inverse_product = 0.0;  ///< 1 / s.y
  };

  void refresh(const LogisticPoint& at, LogisticInfo& info);
  double set_direction(const LogisticPoint& at);
  bool search(double descent, const LogisticPoint& at, LogisticInfo& info);
  void store_pair(const DescentGoal& goal, const LogisticPoint& at);
  void iterate(const DescentGoal& goal, bool metric_is_near, LogisticPoint& at, LogisticInfo& info);
  bool refresh_pays(double optimality, const DescentGoal& goal);
  bool slow(int iter, double tol) const;
  bool outpriced(int iter, const DescentGoal& goal) const;
  double share_of_rows() const;

  const LogisticObjective<T>& objective_;
  LogisticMetric& metric_;
  Buffer<double> direction_;
  LogisticLineSearch<T> search_;
  std::deque<Pair> pairs_;
  bool keeps_pairs_ = false;          ///< in the next run
  std::vector<double> optimalities_;  ///< before each step
  std::vector<double> objectives_;    ///< likewise
  int since_refresh_ = 0;             ///< steps; one more for a metric that was refreshed elsewhere
  double optimality_at_refresh_ = 0.0;
  double first_contraction_ = 0.0;  ///< mean contraction of the first steps since the refresh
  double scale_ = 1.0;              ///< of M^-1
  double least_curvature_ = infinity, largest_curvature_ = 0.0;  ///< in M, if it is plain
  double gap_ = 0.0;  ///< estimate of (objective - minimum) / objective: half the decrement
};

}  // namespace elltwo
