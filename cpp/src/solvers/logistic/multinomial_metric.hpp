#pragma once

#include "solvers/logistic/classwise_hessian.hpp"
#include "solvers/logistic/multinomial_hessian.hpp"

namespace elltwo {

/// The metric of many classes: the whole Hessian, of drawn rows, where that is cheap, or worth more
/// because most probabilities are near 0 and 1; otherwise its class-wise blocks first, and the
/// whole Hessian once these have been refreshed a few times, if its size permits.
template <Real T>
class MultinomialMetric : public LogisticMetric {
 public:
  explicit MultinomialMetric(const LogisticProblem<T>& problem);

  void refresh(const LogisticPoint& at, const LogisticRows& rows) override;
  // The factor is most of the cost of the whole Hessian: a new one is formed where the fit is.
  bool follows_penalty() const override { return used_ != &whole_ && used_->follows_penalty(); }
  void change_penalty() override { used_->change_penalty(); }
  void solve(const double* slope, double* step) const override { used_->solve(slope, step); }
  double cost() const override { return next_is_whole(cost_) ? cost_ : classwise_.cost(); }
  double contraction() const override { return used_->contraction(); }
  double rcond() const override { return used_->rcond(); }
  Index rank() const override { return used_->rank(); }

 private:
  bool next_is_whole(double cost) const;

  const LogisticProblem<T>& problem_;
  ClasswiseHessian<T> classwise_;
  MultinomialHessian<T> whole_;
  LogisticMetric* used_ = &classwise_;
  bool may_be_whole_;
  double cost_;              ///< of the whole Hessian
  double alpha_ = -1.0;      ///< of the last refresh
  int n_refreshes_ = 0;      ///< at the current alpha
  bool is_certain_ = false;  ///< most probabilities were near 0 and 1 in the last refresh
};

}  // namespace elltwo
