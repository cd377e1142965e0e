#pragma once

#include <optional>

#include "gram/gram.hpp"
#include "linalg/posdef.hpp"
#include "solvers/logistic/active_columns.hpp"
#include "solvers/logistic/metric.hpp"

namespace elltwo {

/// The Hessian of two classes, sum h [x | 1] [x | 1]^T + alpha with h = w p (1 - p), factored by
/// Cholesky. Products of double data are formed in float while the system is conditioned well enough for
/// that: gradients are exact in any case, and only the pace of the iteration depends on it.
template <Real T>
class BinomialHessian : public LogisticMetric {
 public:
  explicit BinomialHessian(const LogisticProblem<T>& problem);

  bool refresh(const LogisticPoint& at, const LogisticRows& rows) override;
  bool change_penalty() override { return factor(); }
  void solve(const double* slope, double* step) const override;
  double cost() const override;
  double rcond() const override { return system_ ? system_->rcond() : 0.0; }
  Index rank() const override { return active_.count(); }

 private:
  template <Real Products>
  bool form(const LogisticRows& rows);
  bool factor();

  const LogisticProblem<T>& problem_;
  Buffer<double> root_curvature_;
  GramMatrix gram_;
  ActiveColumns active_;
  std::optional<PosDefSystem> system_;
  bool in_float_;
};

}  // namespace elltwo
