#pragma once

#include "solvers/logistic/classwise_hessian.hpp"
#include "solvers/logistic/multinomial_hessian.hpp"

namespace elltwo {

/// What many classes are fitted with: the whole Hessian where that is cheap, else its class-wise blocks first
/// and the whole where these were renewed a few times in vain, if its size permits.
template <Real T>
class MultinomialMetric : public LogisticMetric {
 public:
  explicit MultinomialMetric(const LogisticProblem<T>& problem)
      : classwise_(problem),
        whole_(problem),
        may_be_whole_(MultinomialHessian<T>::suits(problem)) {}

  bool refresh(const LogisticPoint& at, const LogisticRows& rows) override {
    used_ = next_is_whole() ? static_cast<LogisticMetric*>(&whole_) : &classwise_;
    ++n_refreshes_;
    return used_->refresh(at, rows);
  }
  bool follows_penalty() const override { return used_->follows_penalty(); }
  bool change_penalty() override {
    n_refreshes_ = 0;
    return used_->change_penalty();
  }
  void solve(const double* slope, double* step) const override { used_->solve(slope, step); }
  double cost() const override { return next_is_whole() ? whole_.cost() : classwise_.cost(); }
  double pace() const override { return used_->pace(); }
  double rcond() const override { return used_->rcond(); }
  Index rank() const override { return used_->rank(); }

 private:
  static constexpr double cheap = 8.0;  // passes
  static constexpr int patience = 4;    // refreshes

  bool next_is_whole() const {
    return may_be_whole_ && (n_refreshes_ >= patience || whole_.cost() <= cheap);
  }

  ClasswiseHessian<T> classwise_;
  MultinomialHessian<T> whole_;
  LogisticMetric* used_ = &classwise_;
  bool may_be_whole_;
  int n_refreshes_ = 0;
};

}  // namespace elltwo
