#pragma once

#include <cstdint>
#include <vector>

#include "elltwo/logistic.hpp"
#include "kernels/source.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {

/// Rows that a fit sees, in order. A null pointer means: all rows as they come, unit weights, no offset.
struct LogisticRows {
  Index n = 0;
  std::vector<Index> index;
  std::vector<std::int32_t> label;  ///< n
  std::vector<double> weight;       ///< n, or none
  std::vector<double> offset;       ///< outputs x n, or none

  const Index* indices() const { return index.empty() ? nullptr : index.data(); }
  const double* weights() const { return weight.empty() ? nullptr : weight.data(); }
};

/// A logistic problem in centred coordinates of unit size: x^ = s_x (x - c) with powers of two s_x, weights
/// and penalties times a power of two s_w. A point is outputs x cols numbers, of which the last in each
/// row is the intercept about c if there is one: b = s_x b^, b0 = b0^ - c.b.
template <Real T>
class LogisticProblem {
 public:
  LogisticProblem(const LogisticData<T>& data, const LogisticOptions& options, Monitor& monitor);

  /// Looks at the columns, once: means, sizes, and whether all is finite. Throws if it is not; false if
  /// the monitor asked to stop.
  bool prepare();

  void set_alpha(double alpha);

  const LogisticOptions& options() const { return options_; }
  Monitor& monitor() const { return monitor_; }
  const LogisticRows& rows() const { return rows_; }
  Index n_features() const { return data_.x.cols; }
  Index n_outputs() const { return data_.n_outputs(); }
  Index n_classes() const { return data_.n_classes; }
  Index cols() const { return n_features() + (options_.fit_intercept ? 1 : 0); }
  Index size() const { return n_outputs() * cols(); }

  /// The rows' [x^ | 1], rows scaled by row_scale if it is not null.
  Source<T> source(const LogisticRows& rows, const double* row_scale = nullptr) const;

  /// Penalty of feature j at the current alpha, scaled; inf where the coefficient does not move: it is
  /// pinned, or its penalty dwarfs the data, or the feature is constant and nothing else decides.
  double penalty(Index j) const { return penalty_[j]; }
  bool moves(Index j) const { return penalty(j) < infinity; }
  double prior(Index k, Index j) const {
    return prior_.empty() ? 0.0 : prior_[k * n_features() + j];
  }
  /// Whether any coefficient is free to move without a penalty.
  bool has_free_features() const { return has_free_features_; }

  /// sqrt(sum w x^2) of a column of [x^ | 1].
  double column_size(Index j) const { return column_size_[j]; }
  /// What the offsets of output k are moved by: the intercept of the model without predictors, if there
  /// is one, so that large offsets that have much in common leave no row saturated.
  double offset_shift(Index k) const { return offset_shift_.empty() ? 0.0 : offset_shift_[k]; }
  /// The sum of weights, scaled.
  double weight() const { return weight_; }
  double weight_scale() const { return weight_scale_; }

  /// Where a fit starts: prior means, and intercepts that fit the classes' shares.
  std::vector<double> origin() const;
  /// Takes from the coefficients of several classes what they have in common beyond their prior means, and
  /// from their intercepts all of it.
  void level(std::vector<double>& theta) const;
  /// From the user's units and back; coef is outputs x features. Coefficients whose penalty dwarfs the data
  /// follow from the loss's slope: b = m - g / alpha.
  std::vector<double> scaled(std::span<const double> coef_and_intercept) const;
  void write(const double* theta, const double* data_slope, double* coef, double* intercept) const;

  /// About m of the rows, one by chance from each of m strata (deterministic), their weights raised so
  /// that they stand for all.
  LogisticRows sample(Index m) const;

 private:
  void take_rows();
  void take_offset();
  bool take_columns();
  double raw_penalty(Index j, double alpha) const;

  const LogisticData<T>& data_;
  const LogisticOptions& options_;
  Monitor& monitor_;
  LogisticRows rows_;
  double weight_scale_ = 1.0;
  double weight_ = 0.0;
  std::vector<double> offset_shift_;
  std::vector<double> shift_;
  std::vector<double> scale_;
  std::vector<double> column_size_;
  std::vector<double> prior_;
  std::vector<double> penalty_;
  double alpha_ = 0.0;
  bool has_free_features_ = false;
};

}  // namespace elltwo
