#pragma once

#include <vector>

#include "elltwo/ridge.hpp"
#include "gram/moments.hpp"
#include "gram/running_sums.hpp"
#include "solvers/ridge/means.hpp"
#include "solvers/ridge/outcome.hpp"
#include "solvers/shared/ranges.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// Whether a column's values of positive weight are equal or, unless it will be centred, zero.
/// Without weights all values count.
template <Real T>
bool vanishes(MatrixView<T> column, std::span<const double> weight, bool centred);

/// Targets that share one alpha.
struct TargetGroup {
  double alpha = 0.0;
  std::vector<Index> targets;
};

/// A ridge problem in scaled coordinates: x^ = s_x x, y^ = s_y y, w^ = s_w w with powers of two s,
/// so that b = b^ s_x / s_y and the penalty of b^ is alpha s_w s_x^2. Scales are one unless squares
/// of the data would leave the range of the arithmetic.
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

  /// Penalty of feature j as the user wrote it: 0 and inf win over whatever they are multiplied
  /// with, a factor's over alpha's.
  double raw_penalty(Index j, double alpha) const;

  /// Penalty of feature j in scaled coordinates.
  double penalty(Index j, double alpha) const;

  /// Penalty of the intercept in scaled coordinates; 0 where it is free.
  double intercept_penalty(double alpha) const {
    return options_.penalize_intercept ? alpha * data_.intercept_factor * weight_scale_ : 0.0;
  }

  /// Whether the intercept is penalised like a feature of factor 1, and finitely so; at alpha = 0
  /// it then counts among the parameters that are to be small where least squares has many
  /// solutions.
  bool counts_intercept(double alpha) const {
    return centred() && options_.penalize_intercept && !std::isinf(alpha);
  }

  /// Penalty of a feature with factor 1 where all features share one scale (the dual).
  double penalty_unit(double alpha) const {
    return penalty_in_units(alpha, x_scale(0), weight_scale_);
  }

  /// The factor of the ones' outer product in the dual kernel where the intercept is penalised like
  /// a feature.
  double intercept_inverse_factor() const {
    return x_scale(0) * x_scale(0) / data_.intercept_factor;
  }

  bool has_prior() const { return !data_.prior_mean.empty(); }
  double prior(Index t, Index j) const;

  /// sqrt(w^) (y^ - shift) of one row and target.
  double weighted_target(Index row, Index t, double shift) const {
    const double y = y_scale(t) * data_.y(row, t) - shift;
    return sqrt_weight_.data() == nullptr ? y : sqrt_weight_[row] * y;
  }

  /// Whether a dense feature is constant, or without an intercept zero, in the rows of positive
  /// weight.
  bool vanishes(Index j) const {
    return elltwo::vanishes(data_.x.column(j), data_.sample_weight, centred());
  }

  /// Whether all features whose factor is not 0 are constant, or zero where X is sparse.
  bool all_vanish(const std::vector<double>& factor) const;

  std::vector<TargetGroup> groups() const;

  /// Scales each column of X and each target.
  void scale_columns();
  /// Scales all columns of X alike, as the dual needs it, and each target.
  void scale_uniformly();
  /// Takes over the scales of features, then targets, unless all are 1.
  void scale_as(const std::vector<double>& column);
  /// Scales each column of X by its largest number or deviation, given in column_sizes, and each
  /// target.
  void scale_to(const std::vector<double>& column_sizes);

  /// The factor with which the outer product of the means enters the normal equations once b0 has
  /// been eliminated, a being the penalty of the intercept and W the sum of the weights: W a / (W +
  /// a) from b0 = W (y_mean - x_mean.b) / (W + a); W without an intercept, which is 0 for moments
  /// about zero.
  double kappa(double weight, double alpha) const;

  /// Writes a fit in scaled coordinates in the user's units: coef is targets x features.
  void write_result(const TargetGroup& group, const GroupFit& fit, const Means& means,
                    std::span<double> coef, std::span<double> intercept) const;

 private:
  std::vector<double> target_scales() const;
  double largest_penalty(Index j) const;

  const RidgeData<T>& data_;
  const RidgeOptions& options_;
  Monitor& monitor_;
  const SparseRows<T>* sparse_;
  Scales scales_;
  double weight_scale_ = 1.0;
  Buffer<double> sqrt_weight_;  // empty for unit weights
};

}  // namespace elltwo
