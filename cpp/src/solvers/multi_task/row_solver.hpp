#pragma once

#include <vector>

#include "elltwo/monitor.hpp"
#include "model/duality_gap.hpp"
#include "solvers/multi_task/newton_direction.hpp"
#include "solvers/multi_task/row_history.hpp"
#include "solvers/multi_task/row_slots.hpp"

namespace elltwo {

/// What is asked of RowSolver::solve().
struct RowTarget {
  double tol = 1e-10;  ///< duality gap over the slots, relative to the objective
  int max_rounds = 1000;
};

/// How solve() went.
struct RowReport {
  bool finished = false;  ///< to the tolerance, or to rounding
  DualityGap gap;         ///< over the slots
  double rss = 0.0;
  double penalty = 0.0;
  int rounds = 0;
  int rescalings = 0;  ///< minimisations over the norms of rows, see RowScales
  int descents = 0;    ///< rounds of block coordinate descent that stood in for Newton's method
};

/// Minimises a quadratic of rows (see RowSlots) with a group penalty on each row (Yuan and Lin
/// 2006; Obozinski, Taskar and Jordan 2010), for one alpha after another. Where no row is zero the
/// penalty is smooth: Newton's method on the rows that are not, of which those leave that a step
/// turns by a right angle or more; rows at zero with |Q_s| > alpha l1_s enter by coordinate descent
/// among themselves. Every step lowers the objective; where Newton's method makes little of it,
/// coordinate descent over all these rows, which converges from anywhere (Tseng 2001), goes on.
class RowSolver {
 public:
  /// `total` is the sum of squares of the data at B = 0, so that the loss is
  /// total / 2 + 1/2 tr(B'G B) - tr(C'B).
  RowSolver(const RowSlots& slots, double total, int n_threads, Monitor& monitor);

  /// Takes notice of slots appended, which are zero.
  void take_appended();
  /// Takes notice of RowSlots::keep(kept).
  void take_kept(const std::vector<Index>& kept);

  /// Makes b (a row for each slot) the current point.
  void set_point(std::vector<double> b);

  /// Takes slopes and the residuals' sum of squares at the current point that are better than those
  /// of the quadratic.
  void set_slopes(std::vector<double> q, double rss);

  /// Goes on at the alpha solved last, from slopes that were set.
  RowReport resume(const RowTarget& target);

  /// Finds the minimum at alpha, which is positive, as are all l1. Throws Interrupted.
  RowReport solve(double alpha, const RowTarget& target);

  const std::vector<double>& point() const { return b_; }
  /// Q = C - G B at the current point.
  const std::vector<double>& slopes() const { return q_; }

 private:
  /// The state of a search at one alpha.
  struct Search;

  /// Of a step.
  struct Change {
    double objective = 0.0;
    double rss = 0.0;
  };

  void refresh_slopes();
  void move(std::vector<double> b, std::vector<double> q, double rss_change);
  double alpha_of_zero() const;
  bool predict(double alpha);
  RowReport settle(double alpha, bool may_admit, const RowTarget& target);
  void measure(Search& search);
  void admit(Search& search);
  static double wanted_of_direction(const Search& search);
  void take_newton_step(Search& search);
  void descend(Search& search);
  void rescale(Search& search);
  void descend_over(Search& search, const std::vector<Index>& rows, int sweeps);
  Change change_to(double alpha, const std::vector<Index>& rows, const std::vector<double>& b,
                   const std::vector<double>& q) const;

  const RowSlots& slots_;
  double total_;
  int n_threads_;
  Monitor& monitor_;
  std::vector<double> b_;
  std::vector<double> q_;
  double rss_ = 0.0;
  bool slopes_were_set_ = false;
  RowHistory history_;
  NewtonDirection<float> quick_;
  NewtonDirection<double> precise_;
  bool precise_is_ready_ = false;
  double last_alpha_ = 0.0;  // of the current point; 0: none
};

}  // namespace elltwo
