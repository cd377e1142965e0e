#pragma once

#include <vector>

#include "solvers/coordinate/quadratic.hpp"

namespace elltwo {

/// The quadratic through the residuals of a centred, weighted copy of the columns, for more
/// features than samples, where every step costs a column. A penalised intercept is one more row.
template <Real T>
class ColumnQuadratic final : public CoordinateQuadratic {
 public:
  ColumnQuadratic(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor)
      : problem_(data, options, monitor) {}

  /// Copies the columns. Throws if the data are not finite.
  void prepare();
  const Problem<T>& problem() const { return problem_; }
  const Means& means() const { return means_; }
  std::vector<double> centre() const { return {}; }

  void begin(const TargetGroup& group, std::vector<double> b) override;
  void set_point(std::vector<double> b) override;
  void refresh() override;
  double slope(Index j) const override;
  void move(Index j, double by) override;
  double curvature(Index j) const override;
  double target_norm() const override { return target_norm_; }
  void minimise(const std::vector<Index>& free, double* z, SolveInfo& info) override;

 private:
  Index p() const { return problem_.n_features(); }
  const double* column(Index j) const { return columns_.data() + j * rows_; }
  double penalty(Index j) const { return problem_.penalty(j, group_.alpha); }
  double prior(Index j) const { return problem_.prior(group_.targets[0], j); }
  void copy_columns();
  Buffer<double> gathered(const std::vector<Index>& free, bool filled) const;
  double copy_column(Index j, double* out) const;
  bool in_range() const;
  void take_target(Index t);
  void take_intercept_row();

  Problem<T> problem_;
  Means means_;  // weight 0 without an intercept
  TargetGroup group_;
  Index rows_ = 0;          // samples and one for the intercept
  Buffer<double> columns_;  // rows_ x p
  std::vector<double> square_;
  std::vector<double> target_;
  double target_norm_ = 0.0;
  std::vector<double> residual_;
};

}  // namespace elltwo
