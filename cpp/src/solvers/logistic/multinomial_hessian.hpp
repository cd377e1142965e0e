#pragma once

#include <optional>
#include <vector>

#include "gram/gram.hpp"
#include "linalg/posdef.hpp"
#include "solvers/logistic/active_columns.hpp"
#include "solvers/logistic/metric.hpp"

namespace elltwo {

/// The whole Hessian of K classes, on coefficients that sum to zero over classes. With the rows a_i
/// of [x^ | 1] and the weighted Gram matrices of pairs of classes, G_kl = sum_i w_i p_ik p_il a_i
/// a_i^T, its diagonal blocks are sum_{l != k} G_kl + alpha F and its other blocks -G_kl. The step
/// of a reference class, the most probable one, is minus the sum of the others', which are the
/// unknowns.
template <Real T>
class MultinomialHessian : public LogisticMetric {
 public:
  explicit MultinomialHessian(const LogisticProblem<T>& problem) : problem_(problem) {}

  /// Whether the Hessian is small enough to be worth its cost in any fit.
  static bool suits(const LogisticProblem<T>& problem);
  /// Whether the Hessian, and the matrices of pairs of classes that it is made of, may be held.
  static bool fits(const LogisticProblem<T>& problem);

  void refresh(const LogisticPoint& at, const LogisticRows& rows) override;
  void change_penalty() override;
  void solve(const double* slope, double* step) const override;
  double cost() const override;
  double rcond() const override { return system_ ? system_->rcond() : 0.0; }
  Index rank() const override { return active_.count() * (problem_.n_outputs() - 1); }

 private:
  void choose_reference(const LogisticPoint& at, const LogisticRows& rows);
  void form(const LogisticPoint& at, const LogisticRows& rows);
  void fill(double* lower) const;
  const GramMatrix& pair(Index k, Index l) const;

  const LogisticProblem<T>& problem_;
  ActiveColumns active_;
  Index reference_ = 0;
  std::vector<Index> others_;      ///< the classes but the reference
  std::vector<GramMatrix> pairs_;  ///< G_kl for k < l
  std::optional<PosDefSystem> system_;
};

}  // namespace elltwo
