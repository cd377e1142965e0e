#pragma once

#include <optional>
#include <vector>

#include "solvers/coordinate/face.hpp"
#include "solvers/coordinate/quadratic.hpp"
#include "solvers/ridge_sparse/solver.hpp"

namespace elltwo {

/// The quadratic of sparse data. Gradients come from a pass over the rows and, once coefficients
/// have moved one by one, from the residuals and a copy of X by columns. Free coefficients are
/// solved for as a sparse ridge problem in which all others are pinned to the current point.
template <Real T>
class SparseQuadratic final : public CoordinateQuadratic {
 public:
  SparseQuadratic(SparseRows<T> x, const RidgeData<T>& data, const RidgeOptions& options,
                  Monitor& monitor);

  int n_threads() const { return solver_.n_threads(); }

  void prepare() {}
  const Problem<T>& problem() const { return problem_; }
  const Means& means() const { return means_; }
  std::vector<double> centre() const { return {}; }

  void begin(const TargetGroup& group, std::vector<double> b) override;
  void set_point(std::vector<double> b) override;
  void refresh() override;
  double slope(Index j) const override;
  void move(Index j, double by) override;
  double curvature(Index j) const override;
  double target_norm() const override;
  double rounding() const override { return problem_.options().tol; }
  void minimise(const std::vector<Index>& free, double* z, SolveInfo& info) override;

 private:
  std::vector<PenalisedTarget> target() const { return {{group_.targets[0], group_.alpha}}; }
  void compute_residuals();

  FaceData<T> face_;
  Problem<T> problem_;
  SparseSolver<T> solver_;
  Means means_;  // weight 0 without an intercept
  TargetGroup group_;
  std::optional<SparseBlock<T>> block_;
  Buffer<double> g_;  // at the point that was set last

  bool has_moved_ = false;  // whether coefficients have moved since the point was set
  std::optional<SparseRows<T>> columns_;
  std::vector<double> weighted_;  // w (y - X b) with uncentred X
  double sum_ = 0.0;              // the sum of weighted_
  double mean_fit_ = 0.0;         // x_mean.b
};

}  // namespace elltwo
