#pragma once

#include <cstdint>
#include <vector>

#include "elltwo/logistic.hpp"
#include "gram/columns.hpp"
#include "kernels/source.hpp"
#include "solvers/logistic/matrix.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {

/// The rows that a fit uses, in order.
struct LogisticRows {
  Index n = 0;
  std::vector<Index> index;         ///< row k of the fit is row index[k] of X; empty: all, in order
  std::vector<std::int32_t> label;  ///< n
  std::vector<double> weight;       ///< n; empty: ones
  std::vector<double> offset;       ///< outputs x n; empty: zeros

  const Index* indices() const { return index.empty() ? nullptr : index.data(); }
  const double* weights() const { return weight.empty() ? nullptr : weight.data(); }
  Index row(Index k) const { return index.empty() ? k : index[k]; }
  double weight_of(Index k) const { return weight.empty() ? 1.0 : weight[k]; }
  double total_weight() const {
    double sum = 0.0;
    for (Index k = 0; k < n; ++k) sum += weight_of(k);
    return sum;
  }
};

/// A logistic problem in centred coordinates of unit size: x^ = s_x (x - c) with powers of two s_x,
/// and weights and penalties times a power of two s_w. A point theta is outputs x cols; the last
/// number of each row is the intercept about c, if there is one: b = s_x b^ and b0 = b0^ - c.b.
template <Real T>
class LogisticProblem {
 public:
  /// `matrix` has the features if they are not the dense ones of the data, else null.
  LogisticProblem(const LogisticData<T>& data, const LogisticOptions& options, Monitor& monitor,
                  LogisticMatrix* matrix = nullptr);

  /// Measures the columns of X: c, s_x and their sizes. Throws std::invalid_argument if X holds NaN
  /// or infinity. Comes before everything that needs columns, and set_alpha() before what needs
  /// penalties.
  void prepare();

  void set_alpha(double alpha);
  double alpha() const { return alpha_; }

  const LogisticOptions& options() const { return options_; }
  Monitor& monitor() const { return monitor_; }
  const LogisticRows& rows() const { return rows_; }
  Index n_features() const { return data_.x.cols; }
  Index n_outputs() const { return data_.n_outputs(); }
  Index cols() const { return n_features() + (options_.fit_intercept ? 1 : 0); }
  Index size() const { return n_outputs() * cols(); }

  /// [x^ | 1]^T z of some rows with z = map([x^ | 1] theta), by one pass, see stream_pass(). Where
  /// there is a matrix the rows are rows().
  Buffer<double> pass(const LogisticRows& rows, const double* theta, const RowMap& map) const;

  /// Writes some columns of row k of [x^ | 1].
  void row(const LogisticRows& rows, Index k, std::span<const Index> columns, double* x) const;

  /// Values of X that a pass reads.
  double n_values() const;

  /// The features that are not dense; null: they are.
  LogisticMatrix* matrix() const { return matrix_; }

  /// The dense matrix [x^ | 1] of some rows, each times its row_scale unless that is null.
  Source<T> source(const LogisticRows& rows, const double* row_scale = nullptr) const;

  /// Scaled penalty of feature j at the current alpha. It is infinite where the coefficient is not
  /// fitted: it is pinned, its penalty dwarfs the data, or its column is constant.
  double penalty(Index j) const { return penalty_[j]; }
  /// Scaled penalty of a column of [x^ | 1]: zero for the intercept.
  double column_penalty(Index j) const { return j < n_features() ? penalty(j) : 0.0; }
  /// Whether the coefficient of feature j is fitted; otherwise it stays at its prior mean.
  bool moves(Index j) const { return penalty(j) < infinity; }
  double prior(Index k, Index j) const {
    return prior_.empty() ? 0.0 : prior_[k * n_features() + j];
  }
  /// Whether any coefficient of a feature is fitted without a penalty.
  bool has_free_features() const { return has_free_features_; }

  /// s_x and c of feature j.
  double scale(Index j) const { return scale_[j]; }
  double shift(Index j) const { return shift_[j]; }
  /// sqrt(sum_i w_i x_ij^2) of a column of [x^ | 1].
  double column_size(Index j) const { return column_size_[j]; }
  /// What has been added to the offsets of output k: the intercept of the model without predictors,
  /// if intercepts are fitted. Offsets with a large common part then leave no row saturated.
  double offset_shift(Index k) const { return offset_shift_.empty() ? 0.0 : offset_shift_[k]; }
  /// Sum of the scaled weights.
  double weight() const { return weight_; }
  double weight_scale() const { return weight_scale_; }

  /// The point at which a fit starts: prior means, and the intercepts of the model without
  /// predictors.
  std::vector<double> origin() const;
  /// Whether some prior mean is not zero.
  bool has_prior() const;
  /// The model without predictors: zeros, and prior means where coefficients are not fitted.
  std::vector<double> null_origin() const;
  /// Subtracts from the coefficients of each feature their mean over classes, less that of their
  /// prior means, and from the intercepts their mean. The loss does not depend on these means, and
  /// at the minimum they are zero. One output is left as it is.
  void centre_over_classes(std::vector<double>& theta) const;
  /// The point of coefficients (outputs x features) and then intercepts in the user's units.
  std::vector<double> to_scaled(std::span<const double> coef_and_intercept) const;
  /// The coefficient, in the user's units, of feature j in output k, which is not fitted. Where its
  /// penalty dwarfs the data it follows from data_slope, the negative gradient -g of the loss at
  /// the point: b = m - g / alpha. Elsewhere it is the prior mean m.
  double held_coef(Index k, Index j, const double* data_slope) const;
  /// Writes the coefficients and intercepts of a point in the user's units; data_slope as in
  /// held_coef(). The intercepts of several classes are given mean zero.
  void write(const double* theta, const double* data_slope, double* coef, double* intercept) const;

  /// A sample of m rows, one drawn from each of m strata by a fixed sequence of pseudo-random
  /// numbers. Weights are multiplied by n / m.
  LogisticRows sample(Index m) const;

 private:
  void select_rows();
  void copy_offset();
  void measure_matrix();
  void measure_dense();
  void measure_columns();
  double scale_to_one(Index j, double size) const;
  bool rescale_columns(const ColumnSums& sums);
  bool centre_columns(const ColumnSums& sums);
  double raw_penalty(Index j, double alpha) const;
  void set_null_intercepts(std::vector<double>& theta) const;

  const LogisticData<T>& data_;
  const LogisticOptions& options_;
  Monitor& monitor_;
  LogisticMatrix* matrix_;
  LogisticRows rows_;
  double weight_scale_ = 1.0;         ///< s_w
  double weight_ = 0.0;               ///< sum of the scaled weights
  std::vector<double> offset_shift_;  ///< outputs; empty: zeros
  std::vector<double> shift_;         ///< c, features
  std::vector<double> scale_;         ///< s_x, features
  std::vector<double> column_size_;   ///< cols
  std::vector<double> prior_;         ///< scaled prior means, outputs x features; empty: zeros
  std::vector<double> penalty_;       ///< features
  double alpha_ = 0.0;
  bool has_free_features_ = false;
};

}  // namespace elltwo
