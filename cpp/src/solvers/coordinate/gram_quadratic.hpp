#pragma once

#include <vector>

#include "solvers/coordinate/face.hpp"
#include "solvers/coordinate/quadratic.hpp"
#include "solvers/ridge/primal.hpp"

namespace elltwo {

/// The quadratic on the p x p moments, for no more features than samples. Free coefficients are
/// solved for as a ridge problem in which all others are pinned to the current point.
template <Real T>
class GramQuadratic final : public CoordinateQuadratic {
 public:
  GramQuadratic(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor);

  /// Forms the moments, in double. Throws if the data are not finite.
  void prepare() { primal_.data().compute_in_double(); }
  const Problem<T>& problem() const { return problem_; }
  const Means& means() const { return primal_.data().means(); }
  /// y_mean - x_mean.b where refresh() knows it beyond the means' own digits, else empty.
  const std::vector<double>& centre() const { return centre_; }

  void begin(const TargetGroup& group, std::vector<double> b) override;
  void set_point(std::vector<double> b) override;
  void refresh() override;
  double slope(Index j) const override { return g_[j]; }
  void move(Index j, double by) override;
  double curvature(Index j) const override { return hessian_[j * p() + j]; }
  double target_norm() const override;
  void minimise(const std::vector<Index>& free, double* z, SolveInfo& info) override;

 private:
  Index p() const { return problem_.n_features(); }
  Gradient<T> gradient() { return {problem_, moments(), primal_.data().means(), group_}; }
  const ScaledMoments& moments() const { return primal_.data().moments(); }
  void form_hessian();

  FaceData<T> face_;
  Problem<T> problem_;
  PrimalRidge<T> primal_;
  TargetGroup group_;
  double hessian_alpha_ = -1.0;  // alpha that hessian_ was formed for
  Buffer<double> hessian_;       // p x p, both triangles
  std::vector<double> g_;
  std::vector<double> centre_;
};

}  // namespace elltwo
