#pragma once

#include <vector>

#include "solvers/logistic_bounded/model.hpp"

namespace elltwo {

/// A model that holds no matrix: a product with a vector is a pass over the data, and conjugate
/// gradients solve for the free variables.
template <Real T>
class StreamedBoxModel final : public LogisticBoxModel<T> {
 public:
  using LogisticBoxModel<T>::LogisticBoxModel;

  void refresh(const LogisticPoint& at, const LogisticRows& rows) override;
  void multiply(const double* v, double* product) override;
  void solve(const std::vector<Index>& free, const double* slope, double* d) override;
  void relax(const Box& box, Buffer<double>& z, Buffer<double>& slope) override {
    this->centre_over_classes(box, z, slope);
  }
  double diagonal(Index v) const override { return diagonal_[v] + this->penalty(v); }
  double cost() const override { return 0.0; }

 private:
  using LogisticBoxModel<T>::problem_;

  const LogisticRows* rows_ = nullptr;
  Buffer<double> curvature_;  ///< as in LogisticPoint
  /// An approximate diagonal of the loss's Hessian, which preconditions conjugate gradients.
  std::vector<double> diagonal_;
};

}  // namespace elltwo
