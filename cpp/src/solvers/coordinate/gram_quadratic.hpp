#pragma once

#include <vector>

#include "solvers/coordinate/face.hpp"
#include "solvers/coordinate/quadratic.hpp"
#include "solvers/ridge/primal.hpp"

namespace elltwo {

/// Descent on the p x p moments, for no more features than samples. Free coefficients are solved for
/// as a ridge problem in which all others are pinned to where they stand.
template <Real T>
class BoundedPrimal final : public BoundedMethod<T> {
 public:
  BoundedPrimal(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor);

  bool prepare() override { return primal_.prepare_in_double(); }
  void begin(const TargetGroup& group, std::vector<double> b) override;
  void stand_at(std::vector<double> b) override;
  bool settle() override;
  double slope(Index j) const override { return g_[j]; }
  void move(Index j, double by) override;
  double curvature(Index j) const override { return hessian_[j * p() + j]; }
  double target_norm() const override;
  bool minimise(const std::vector<Index>& free, double* z, SolveInfo& info) override;
  const Problem<T>& problem() const override { return problem_; }
  const ScaledMoments& means() const override { return primal_.moments(); }
  std::vector<double> centre() const override { return centre_; }

 private:
  using BoundedMethod<T>::b_;

  Index p() const { return problem_.n_features(); }
  void form_hessian();

  FaceData<T> face_;
  Problem<T> problem_;
  PrimalRidge<T> primal_;
  TargetGroup group_;
  double hessian_alpha_ = -1.0;  // what hessian_ was formed for
  Buffer<double> hessian_;       // both triangles
  std::vector<double> g_;
  std::vector<double> centre_;
};

}  // namespace elltwo
