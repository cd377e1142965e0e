#pragma once

#include <optional>
#include <vector>

#include "gram/gram.hpp"
#include "linalg/posdef.hpp"
#include "solvers/logistic/active_columns.hpp"
#include "solvers/logistic/metric.hpp"

namespace elltwo {

/// The whole Hessian of K classes on coefficients that sum to zero over classes. From the weighted Gram
/// matrices of pairs, G_kl = sum w p_k p_l [x | 1] [x | 1]^T, block (k, k) is sum_{l != k} G_kl + alpha
/// and block (k, l) is -G_kl. The coefficients of the most likely class are minus the sum of the others.
template <Real T>
class MultinomialHessian : public LogisticMetric {
 public:
  explicit MultinomialHessian(const LogisticProblem<T>& problem) : problem_(problem) {}

  /// Whether the Hessian has a size at which it is worth its cost at all.
  static bool suits(const LogisticProblem<T>& problem);

  bool refresh(const LogisticPoint& at, const LogisticRows& rows) override;
  bool change_penalty() override { return factor(); }
  void solve(const double* slope, double* step) const override;
  double cost() const override;
  double rcond() const override { return system_ ? system_->rcond() : 0.0; }
  Index rank() const override { return active_.count() * (problem_.n_outputs() - 1); }

 private:
  void choose_reference(const LogisticPoint& at, const LogisticRows& rows);
  bool form(const LogisticPoint& at, const LogisticRows& rows);
  bool factor();
  void fill(double* lower) const;
  const GramMatrix& pair(Index k, Index l) const;

  const LogisticProblem<T>& problem_;
  ActiveColumns active_;
  Index reference_ = 0;
  std::vector<Index> others_;      // the classes but the reference
  std::vector<GramMatrix> pairs_;  // k < l
  std::optional<PosDefSystem> system_;
};

}  // namespace elltwo
