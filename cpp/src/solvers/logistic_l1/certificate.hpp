#pragma once

#include <vector>

#include "solvers/logistic_l1/working_set.hpp"

namespace elltwo {

/// A point of a path in the coordinates of its design, by entries that are not zero.
struct LogisticL1Point {
  double alpha = 0.0;
  std::vector<Index> entries;     ///< k p + j, ascending
  std::vector<double> values;     ///< d
  std::vector<double> intercept;  ///< d0, outputs
  double loss = 0.0;              ///< of the scaled weights
  double objective = 0.0;
  double gap = 0.0;        ///< a bound on (objective - minimum) / objective
  double violation = 0.0;  ///< of the optimality conditions, over alpha l1
  bool separable = false;  ///< columns without a penalty separate the classes
  bool outgrown = false;   ///< its working set would not fit in memory
  int steps = 0;
  int passes = 0;         ///< over X since the point before
  double hessians = 0.0;  ///< formed since the point before
};

/// Certifies points by weak duality. For probabilities pi of the classes whose residuals
/// rho = w (y - pi) leave no gradient in intercepts and columns without a penalty,
///   objective - minimum <= sum_i w_i KL(pi_i || p_i)
///       + sum_kj [ h_kj(d_kj) + h_kj*(q_kj) - q_kj d_kj ],   q_kj = z_j . rho_k,
/// a sum of terms of which none is negative. pi is (1 - t) y + t p, where p has been tilted so that
/// the gradient vanishes where it must, and t <= 1 makes all h* finite (Fenchel; Kim, Koh, Lustig,
/// Boyd and Gorinevsky 2007, Koh, Kim and Boyd 2007).
class LogisticL1Certifier {
 public:
  LogisticL1Certifier(const LogisticL1Design& design, const LogisticL1Penalty& penalty,
                      std::vector<Index> free_columns, Monitor& monitor);

  /// The columns without a penalty, rows of [z_U | 1]; empty: there are none but the intercept.
  const std::vector<double>& free_columns() const { return free_; }

  /// Residuals of tilted probabilities at a point with this loss.
  std::vector<double> tilted_residual(const LogisticL1Point& point,
                                      const LogisticL1Loss& loss) const;

  /// Sets objective, gap and violation of a point with this loss, tilted residual and slopes q of
  /// all entries, outputs x p.
  void certify(const LogisticL1Loss& loss, const std::vector<double>& tilted, const double* q,
               LogisticL1Point& point);

 private:
  std::vector<double> tilted_columns(const LogisticL1Point& point) const;
  bool is_at_bound(const LogisticL1Point& point, Index j) const;
  double divergence(const LogisticL1Loss& loss, const std::vector<double>& tilted, double t) const;
  double divergence_squares(const LogisticL1Loss& loss) const;
  double penalty_of(const LogisticL1Point& point) const;

  const LogisticL1Design& design_;
  const LogisticL1Penalty& penalty_;
  Monitor& monitor_;
  std::vector<Index> free_columns_;      ///< U, ascending
  Index n_free_;                         ///< columns of free_
  std::vector<double> free_;             ///< [z_U | 1], n x n_free; empty: ones alone, or nothing
  std::vector<double> b_, l1_, l2_, q_;  ///< outputs x p
};

}  // namespace elltwo
