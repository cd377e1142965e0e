#pragma once

#include <span>
#include <vector>

#include "solvers/logistic_l1/secant_pairs.hpp"
#include "solvers/logistic_l1/working_set.hpp"

namespace elltwo {

/// How LogisticL1Newton::solve() went.
struct LogisticL1Steps {
  int steps = 0;
  double violation = 0.0;  ///< the largest of the optimality conditions, over alpha l1
};

/// Minimises the penalised loss over the slots of a working set by steps of a chord method: at the
/// point b with negative gradient g and a Hessian H of an earlier point, the next one is the
/// minimum of
///   a/2 d'H d - g'd + h(b + d),
/// which the face solver finds (Osborne, Presnell and Turlach 2000; Lee, Sun and Saunders 2014, for
/// the method with inexact Hessians). The number a is by how much the Hessian has changed as a
/// whole. On the face of that minimum the direction is then the one that SecantPairs give, unless
/// it would change a sign. A step that does not lower the objective is halved. H is formed again
/// where fewer steps will pay for it.
class LogisticL1Newton {
 public:
  /// Starts at zero with the slots of the set. The set must outlive this object.
  LogisticL1Newton(const LogisticL1Design& design, const LogisticL1Penalty& penalty,
                   LogisticL1Set& set, int n_threads, Monitor& monitor);

  void append(std::span<const Index> entries);
  /// One value a slot.
  void set_point(const std::vector<double>& b);

  LogisticL1Steps solve(double alpha, double tolerance, int max_steps);

  const std::vector<double>& point() const { return solver_.point(); }
  const LogisticL1Loss& loss() const { return loss_; }
  /// Predictors at the point, outputs x n.
  const std::vector<double>& predictors() const { return eta_; }
  /// db / dalpha, one value a slot.
  std::vector<double> derivative();
  /// Forms the Hessian at the point.
  void refresh();

  double n_hessians() const { return n_hessians_; }

 private:
  void update_linear_term();
  void evaluate(const std::vector<double>& eta, LogisticL1Loss& loss);
  bool step(double alpha, double tolerance);
  void shorten(double alpha, double objective, const std::vector<double>& before,
               const std::vector<double>& from);
  void improve_on_face(const std::vector<double>& before, const std::vector<double>& slopes);
  std::vector<double> active_pull(const std::vector<double>& b,
                                  const std::vector<double>& slopes) const;
  void take_pair(std::vector<double> step, const std::vector<double>& slopes);
  double penalty_at(double alpha, const std::vector<double>& b) const;
  double free_unit(double alpha) const;
  double face_tolerance(double alpha, double tolerance) const;
  double violation(double alpha) const;
  bool refresh_pays(double before, double now, double tolerance) const;

  const LogisticL1Design& design_;
  LogisticL1Set& set_;
  int n_threads_;
  double largest_l1_ = 0.0;
  FaceSolver solver_;
  SecantPairs pairs_;
  double alpha_ = 0.0;  ///< of the last step
  std::vector<double> eta_;
  LogisticL1Loss loss_;
  std::vector<double> slopes_;
  bool moved_ = true;  ///< the linear term is not that of the solver's point
  double n_hessians_ = 0.0;
};

/// By how much a coefficient b with slope q violates the optimality conditions of a penalty at
/// alpha: how fast the objective falls along a direction that its bounds permit.
double l1_violation(const SlotPenalty& penalty, double alpha, double b, double q);

}  // namespace elltwo
