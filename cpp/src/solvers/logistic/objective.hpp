#pragma once

#include <vector>

#include "gram/stream.hpp"
#include "linalg/buffer.hpp"
#include "solvers/logistic/problem.hpp"
#include "solvers/logistic/rounded_rows.hpp"

namespace elltwo {

/// The objective and its derivatives at a point. Here and everywhere in the logistic solvers
/// "slope" is the negative gradient, the direction of descent.
struct LogisticPoint {
  Buffer<double> theta;       ///< outputs x cols
  Buffer<double> data_slope;  ///< negative gradient of the loss
  Buffer<double> slope;       ///< negative gradient of the objective; 0 for coefficients not fitted
  /// Two classes: w p (1 - p) of each row. More: the probabilities, classes x rows.
  Buffer<double> curvature;
  std::vector<double> residual;  ///< sqrt(sum_i w_i ([label_i = k] - p_ik)^2) of each output k
  double loss = 0.0;
  double penalty = 0.0;

  double objective() const { return loss + penalty; }
};

/// Multiplies the predictors z of rows [k0, k0 + kc) (outputs x kc, leading dimension ld) by the
/// curvature of their losses, which is as in LogisticPoint: h z of two classes, else
/// w p_k (z_k - sum_l p_l z_l).
void multiply_by_curvature(const LogisticRows& rows, Index outputs, const double* curvature,
                           Index k0, Index kc, double* z, Index ld);

/// The objective over a set of rows. Every evaluation is one pass over the data.
template <Real T>
class LogisticObjective {
 public:
  LogisticObjective(const LogisticProblem<T>& problem, const LogisticRows& rows)
      : problem_(problem), rows_(rows) {}

  /// The objective of all rows, their features rounded.
  LogisticObjective(const LogisticProblem<T>& problem, const RoundedRows& rounded)
      : problem_(problem), rows_(problem.rows()), rounded_(&rounded) {}

  const LogisticProblem<T>& problem() const { return problem_; }
  const LogisticRows& rows() const { return rows_; }

  /// A point of the right sizes, its values not set.
  LogisticPoint new_point() const;

  /// Sets all members of `at` from at.theta.
  void evaluate(LogisticPoint& at) const;

  /// Sets at.penalty and at.slope for the current alpha from at.theta and at.data_slope.
  void penalise(LogisticPoint& at) const;

  /// out = H v with the Hessian H of the objective at a point that has been evaluated; v and out
  /// are outputs x cols. Zero for coefficients that are not fitted, whose v is zero. `range`, if
  /// not null, becomes the largest difference between outputs of [x | 1] v in a row; of one output,
  /// its largest size. One pass.
  void hessian_product(const LogisticPoint& at, const double* v, Buffer<double>& out,
                       double* range = nullptr) const;

  /// max over outputs k and columns j of |g_kj| / (|x_j| |r_k|). A residual's own rounding leaves
  /// about 1e-16.
  double optimality(const LogisticPoint& at) const { return optimality(at, at.slope.data()); }

  /// The same with another gradient at that point, such as its part that bounds do not balance.
  double optimality(const LogisticPoint& at, const double* slope) const;

  /// z = [x | 1] theta, rows x outputs, without the user's offsets.
  void predictors(const LogisticPoint& at, std::vector<double>& z) const;

 private:
  /// A^T map(A b) with the rows A = [x^ | 1].
  Buffer<double> pass(const double* b, const RowMap& map) const;

  const LogisticProblem<T>& problem_;
  const LogisticRows& rows_;
  const RoundedRows* rounded_ = nullptr;  ///< null: the data as they are
};

}  // namespace elltwo
