#pragma once

#include <optional>
#include <vector>

#include "solvers/coordinate/face.hpp"
#include "solvers/coordinate/quadratic.hpp"
#include "solvers/ridge_sparse/solver.hpp"

namespace elltwo {

/// Descent on sparse data. Gradients come from a pass over the rows; once coefficients move one by one,
/// from the residuals and a copy of X by columns. Free coefficients are solved for as a sparse ridge
/// problem in which all others are pinned to where they stand.
template <Real T>
class BoundedSparse final : public BoundedMethod<T> {
 public:
  BoundedSparse(SparseRows<T> x, const RidgeData<T>& data, const RidgeOptions& options,
                Monitor& monitor);

  int n_threads() const { return solver_.n_threads(); }

  bool prepare() override { return true; }
  void begin(const TargetGroup& group, std::vector<double> b) override;
  void stand_at(std::vector<double> b) override;
  bool settle() override;
  double slope(Index j) const override;
  void move(Index j, double by) override;
  double curvature(Index j) const override;
  double target_norm() const override;
  double rounding() const override { return problem_.options().tol; }
  bool minimise(const std::vector<Index>& free, double* z, SolveInfo& info) override;
  const Problem<T>& problem() const override { return problem_; }
  const ScaledMoments& means() const override { return means_; }
  std::vector<double> centre() const override { return {}; }

 private:
  using BoundedMethod<T>::b_;

  std::vector<PenalisedTarget> target() const { return {{group_.targets[0], group_.alpha}}; }
  void take_residuals();

  FaceData<T> face_;
  Problem<T> problem_;
  SparseSolver<T> solver_;
  ScaledMoments means_;  // means and weight alone
  TargetGroup group_;
  std::optional<SparseBlock<T>> block_;
  Buffer<double> g_;  // at the point last stood at

  bool has_moved_ = false;  // since then
  std::optional<SparseRows<T>> columns_;
  std::vector<double> weighted_;  // w (y - X b), X as it stands
  double sum_ = 0.0;              // of these
  double mean_fit_ = 0.0;         // x_mean.b
};

}  // namespace elltwo
