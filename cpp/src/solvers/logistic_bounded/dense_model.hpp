#pragma once

#include <optional>
#include <vector>

#include "gram/gram.hpp"
#include "linalg/posdef.hpp"
#include "solvers/logistic_bounded/model.hpp"

namespace elltwo {

/// A model that holds the whole matrix and solves for the free variables by Cholesky.
template <Real T>
class DenseBoxModel final : public LogisticBoxModel<T> {
 public:
  using LogisticBoxModel<T>::LogisticBoxModel;

  void refresh(const LogisticPoint& at, const LogisticRows& rows) override;
  void change_penalty() override;
  void multiply(const double* v, double* product) override;
  void solve(const std::vector<Index>& free, const double* slope, double* d) override;
  void relax(const Box& box, Buffer<double>& z, Buffer<double>& slope) override;
  double diagonal(Index v) const override {
    return hessian_[v * this->size() + v] + this->penalty(v);
  }
  double cost() const override;
  double rcond() const override { return rcond_; }

 private:
  using LogisticBoxModel<T>::problem_;

  Source<T> active_source(const LogisticRows& rows);
  GramMatrix weighted_gram(Source<T>& source, Buffer<double>& weight) const;
  void set_block(Index k, Index l, const GramMatrix& gram, double sign);
  void factor(const std::vector<Index>& free);

  Buffer<T> values_;                   ///< a copy of the columns, where they are not all of X
  std::vector<double> shift_, scale_;  ///< of the columns in values_
  Buffer<double> hessian_;             ///< of the loss, both triangles
  std::vector<double> damping_;        ///< added to the diagonal
  std::vector<Index> factored_;        ///< the free variables of system_
  std::optional<PosDefSystem> system_;
  double rcond_ = 0.0;
};

}  // namespace elltwo
