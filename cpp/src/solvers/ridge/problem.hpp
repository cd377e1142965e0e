#pragma once

#include <vector>

#include "elltwo/ridge.hpp"
#include "gram/moments.hpp"
#include "gram/running_sums.hpp"
#include "solvers/ridge/outcome.hpp"
#include "solvers/shared/ranges.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// Whether a column's values of positive weight are equal or, unless it will be centred, zero. No
/// weights: all of them.
template <Real T>
bool holds_nothing(MatrixView<T> column, std::span<const double> weight, bool centred);

/// Targets that share one alpha.
struct TargetGroup {
  double alpha = 0.0;
  std::vector<Index> targets;
};

/// A ridge problem in scaled coordinates: x^ = s_x x, y^ = s_y y, w^ = s_w w with powers of two s, so
/// that b = b^ s_x / s_y and the penalty of b^ is alpha s_w s_x^2. Scales are one unless squares of
/// the data would leave the range of the arithmetic.
template <Real T>
class Problem {
 public:
  /// `sparse` holds the features where data.x is empty but for its shape.
  Problem(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor,
          const SparseRows<T>* sparse = nullptr);

  /// Of moments in these units; the data have shapes alone.
  Problem(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor,
          const SumUnits& units);

  const RidgeData<T>& data() const { return data_; }
  /// Whether there are rows, or moments alone.
  bool has_rows() const { return data_.x.data != nullptr || sparse_ != nullptr; }
  const SparseRows<T>* sparse() const { return sparse_; }
  const RidgeOptions& options() const { return options_; }
  Monitor& monitor() const { return monitor_; }
  const Scales& scales() const { return scales_; }
  /// One value per row, or null for unit weights.
  const double* sqrt_weight() const { return sqrt_weight_.data(); }

  Index n_samples() const { return data_.x.rows; }
  Index n_features() const { return data_.x.cols; }
  Index n_targets() const { return data_.y.cols; }
  double weight(Index i) const {
    const auto& w = data_.sample_weight;
    return w.empty() ? 1.0 : w[i] * weight_scale_;
  }
  /// The power of two that all weights are multiplied with.
  double weight_scale() const { return weight_scale_; }
  bool centred() const { return options_.fit_intercept; }

  double x_scale(Index j) const { return scales_.x.empty() ? 1.0 : scales_.x[j]; }
  double y_scale(Index t) const { return scales_.y.empty() ? 1.0 : scales_.y[t]; }

  /// Penalty of feature j as the user wrote it: 0 and inf win over whatever they are multiplied with,
  /// a factor's over alpha's.
  double raw_penalty(Index j, double alpha) const;

  /// Penalty of feature j in scaled coordinates.
  double penalty(Index j, double alpha) const;

  /// Penalty of the intercept in scaled coordinates; 0 where it is free.
  double intercept_penalty(double alpha) const {
    return options_.penalize_intercept ? alpha * weight_scale_ : 0.0;
  }

  /// Penalty of a feature with factor 1 where all features share one scale (the dual).
  double penalty_unit(double alpha) const {
    return alpha * weight_scale_ * x_scale(0) * x_scale(0);
  }

  /// What multiplies the ones in the dual when the intercept is penalised like a feature.
  double intercept_inverse_factor() const { return x_scale(0) * x_scale(0); }

  bool has_prior() const { return !data_.prior_mean.empty(); }
  double prior(Index t, Index j) const;

  /// Row weight's square root times the scaled target, y^ shifted by `shift`.
  double weighted_target(Index row, Index t, double shift) const {
    const double y = y_scale(t) * data_.y(row, t) - shift;
    return sqrt_weight_.data() == nullptr ? y : sqrt_weight_[row] * y;
  }

  /// Whether a feature is constant, or without an intercept zero; of dense features.
  bool holds_nothing(Index j) const {
    return elltwo::holds_nothing(data_.x.column(j), data_.sample_weight, centred());
  }

  /// Whether every feature with a factor other than 0 is, where sparse: zero.
  bool hold_nothing(const std::vector<double>& factor) const;

  std::vector<TargetGroup> groups() const;

  /// Scales each column of X on its own (primal) or all alike (dual), and each target.
  void scale_columns();
  void scale_uniformly();
  /// Scales columns as others have been.
  void scale_as(const std::vector<double>& column);
  /// Scales columns whose largest numbers, or deviations, are known, and each target.
  void scale_to(const std::vector<double>& column_sizes);

  /// A fit in scaled coordinates -> the user's units. `coef` is targets x features.
  void write_result(const TargetGroup& group, const GroupFit& fit, double weight,
                    const double* x_mean, const double* y_mean, std::span<double> coef,
                    std::span<double> intercept) const;

 private:
  std::vector<double> target_scales() const;
  double largest_penalty(Index j) const;

  const RidgeData<T>& data_;
  const RidgeOptions& options_;
  Monitor& monitor_;
  const SparseRows<T>* sparse_;
  Scales scales_;
  double weight_scale_ = 1.0;
  Buffer<double> sqrt_weight_;  // none: unit weights
};

}  // namespace elltwo
