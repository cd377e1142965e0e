#pragma once

#include <optional>

#include "gram/gram.hpp"
#include "linalg/posdef.hpp"
#include "solvers/logistic/active_columns.hpp"
#include "solvers/logistic/metric.hpp"

namespace elltwo {

/// The Hessian of two classes, factored by Cholesky: sum_i h_i a_i a_i^T + alpha F with the rows
/// a_i of [x^ | 1] and h = w p (1 - p). Its products are formed in float, of double data too, for
/// as long as its condition allows: gradients are exact in any case, and only the number of steps
/// depends on it.
template <Real T>
class BinomialHessian : public LogisticMetric {
 public:
  explicit BinomialHessian(const LogisticProblem<T>& problem);

  void refresh(const LogisticPoint& at, const LogisticRows& rows) override;
  void change_penalty() override;
  void solve(const double* slope, double* step) const override;
  double cost() const override;
  double rcond() const override { return system_ ? system_->rcond() : 0.0; }
  Index rank() const override { return active_.count(); }

 private:
  template <Real Products>
  void form(const LogisticRows& rows);

  const LogisticProblem<T>& problem_;
  Buffer<double> root_curvature_;  ///< sqrt(h) of the rows
  GramMatrix gram_;
  ActiveColumns active_;
  std::optional<PosDefSystem> system_;
  bool in_float_;
};

}  // namespace elltwo
