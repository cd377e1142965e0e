#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "parallel/sum_over.hpp"
#include "solvers/logistic/active_columns.hpp"
#include "solvers/logistic/metric.hpp"

namespace elltwo {

/// An approximate diagonal of the Hessian of two classes: mean curvature times sum_i w_i (x_ij -
/// c_j)^2, plus the penalty. It takes the memory of a few vectors where a Hessian takes that of a
/// matrix.
template <Real T>
class DiagonalMetric : public LogisticMetric {
 public:
  explicit DiagonalMetric(const LogisticProblem<T>& problem) : problem_(problem) {}

  void refresh(const LogisticPoint& at, const LogisticRows& rows) override {
    const double* h = at.curvature.data();
    const double sum = sum_over(rows.n, [&](Index i) { return h[i]; });
    mean_ = std::max(sum / problem_.weight(), least_mean);
    change_penalty();
  }

  void change_penalty() override {
    active_ = active_columns(problem_);
    diagonal_.clear();
    for (Index c = 0; c < active_.count(); ++c) {
      const double size = active_.size[c];
      diagonal_.push_back(mean_ * size * size + problem_.column_penalty(active_.index[c]));
    }
  }

  void solve(const double* slope, double* step) const override {
    std::fill_n(step, problem_.cols(), 0.0);
    for (Index c = 0; c < active_.count(); ++c) {
      step[active_.index[c]] = slope[active_.index[c]] / diagonal_[c];
    }
  }

  double cost() const override { return 0.1; }
  double contraction() const override { return 0.5; }
  /// Of the diagonal, which is equilibrated: nothing is known of the Hessian's.
  double rcond() const override { return 1.0; }
  Index rank() const override { return active_.count(); }

 private:
  static constexpr double least_mean = 1e-280;

  const LogisticProblem<T>& problem_;
  ActiveColumns active_;
  std::vector<double> diagonal_;  ///< of the active columns
  double mean_ = 1.0;             ///< curvature
};

}  // namespace elltwo
