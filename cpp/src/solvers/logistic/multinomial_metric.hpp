#pragma once

#include "solvers/logistic/classwise_hessian.hpp"
#include "solvers/logistic/multinomial_hessian.hpp"

namespace elltwo {

/// The metric of many classes: the whole Hessian where that is cheap; otherwise its class-wise
/// blocks first, and the whole Hessian once these have been refreshed a few times, if its size
/// permits.
template <Real T>
class MultinomialMetric : public LogisticMetric {
 public:
  explicit MultinomialMetric(const LogisticProblem<T>& problem)
      : classwise_(problem),
        whole_(problem),
        may_be_whole_(MultinomialHessian<T>::suits(problem)) {}

  void refresh(const LogisticPoint& at, const LogisticRows& rows) override {
    used_ = next_is_whole() ? static_cast<LogisticMetric*>(&whole_) : &classwise_;
    ++n_refreshes_;
    used_->refresh(at, rows);
  }
  bool follows_penalty() const override { return used_->follows_penalty(); }
  void change_penalty() override {
    n_refreshes_ = 0;
    used_->change_penalty();
  }
  void solve(const double* slope, double* step) const override { used_->solve(slope, step); }
  double cost() const override { return next_is_whole() ? whole_.cost() : classwise_.cost(); }
  double contraction() const override { return used_->contraction(); }
  double rcond() const override { return used_->rcond(); }
  Index rank() const override { return used_->rank(); }

 private:
  static constexpr double cheap_hessian = 8.0;        // passes for a gradient
  static constexpr int most_classwise_refreshes = 4;  // at one alpha

  bool next_is_whole() const {
    return may_be_whole_ &&
           (n_refreshes_ >= most_classwise_refreshes || whole_.cost() <= cheap_hessian);
  }

  ClasswiseHessian<T> classwise_;
  MultinomialHessian<T> whole_;
  LogisticMetric* used_ = &classwise_;
  bool may_be_whole_;
  int n_refreshes_ = 0;  ///< at the current alpha
};

}  // namespace elltwo
