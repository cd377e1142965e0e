#pragma once

#include <optional>
#include <vector>

#include "gram/gram.hpp"
#include "linalg/posdef.hpp"
#include "solvers/logistic_metric.hpp"

namespace elltwo {

/// A bound of the Hessian of many classes that all of them share, 1/2 sum w [x | 1] [x | 1]^T + alpha
/// (Boehning 1992, theorem 1).
template <Real T>
class SharedBound : public LogisticMetric {
 public:
  explicit SharedBound(const LogisticProblem<T>& problem) : problem_(problem) {}

  bool refresh(const LogisticPoint& at, const LogisticRows& rows) override;
  bool change_penalty() override { return factor(); }
  void solve(const double* slope, double* step) const override;
  double cost() const override { return 1e3; }
  double rcond() const override { return system_ ? system_->rcond() : 0.0; }
  Index rank() const override {
    return static_cast<Index>(active_.size()) * (problem_.n_outputs() - 1);
  }

 private:
  bool factor();

  const LogisticProblem<T>& problem_;
  GramMatrix gram_;
  std::vector<Index> active_;
  std::optional<PosDefSystem> system_;
};

}  // namespace elltwo
