#pragma once

#include <vector>

#include "elltwo/logistic.hpp"
#include "gram/gram.hpp"
#include "kernels/source.hpp"
#include "linalg/buffer.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {

/// A logistic problem with more penalised features than rows, reduced to the space of its rows.
/// With Z = X - 1 c^T and the diagonal F of penalty factors, the minimum is in the span of the
/// rows: b - m = F^-1 Z^T u. With the kernel K = Z F^-1 Z^T = L L^T the reduced problem has n rows,
/// the n features L, each with penalty alpha, and the features that have no penalty. At its minimum
/// u = r / alpha, r being the residuals (Saunders, Gammerman and Vovk 1998; Hastie and Tibshirani
/// 2004).
template <Real T>
class WideProblem {
 public:
  /// How products of the kernel K are formed: in float where that may be accurate enough, or in
  /// double.
  enum class Products { automatic, in_double };

  WideProblem(const LogisticData<T>& data, const LogisticOptions& options, Monitor& monitor);

  /// Whether the data have more penalised features than rows, so that the reduced problem is
  /// smaller.
  static bool suits(const LogisticData<T>& data);

  /// Forms the kernel and the reduced features.
  void prepare(Products products);

  /// Whether the products of the kernel were formed in float.
  bool in_float() const { return in_float_; }
  /// Forms the kernel and the reduced features again, in double.
  void prepare_again_in_double();

  /// Leaves out of the columns of L what rounding alone has added to its rank. Without a penalty
  /// it would tell rows apart that are the same, and separate classes that are not separable.
  void reveal_rank();

  /// The reduced problem without offsets. Its fit at reduced_alpha(alpha) is that of the data at
  /// alpha.
  LogisticData<double> reduced_data() const;
  double reduced_alpha(double alpha) const {
    return penalty_in_units(alpha, scale_, weight_scale_);
  }

  /// The rows that are fitted: those of positive weight.
  const std::vector<Index>& rows() const { return rows_; }
  Index n_rows() const { return static_cast<Index>(rows_.size()); }
  /// Features of the reduced problem: the columns of L first, then the features without a penalty.
  Index n_reduced() const { return n_rows() + static_cast<Index>(free_.size()); }
  /// The values of the reduced features in row k.
  const double* reduced_row(Index k) const { return reduced_x_.data() + k * n_reduced(); }
  std::int32_t label(Index k) const { return label_[k]; }
  double weight(Index k) const { return weight_.empty() ? 1.0 : weight_[k]; }
  double weight_scale() const { return weight_scale_; }
  /// What offsets and prior means add to the predictors, rows x outputs.
  const std::vector<double>& offset() const { return offset_; }
  /// What the offsets alone add.
  const std::vector<double>& own_offset() const { return own_offset_; }

  /// Points of the reduced problem (outputs x n_reduced, then intercepts) from which a fit may
  /// start: the prior means, and the model without predictors, L u = -Z m. The latter is empty if
  /// there are no prior means or L is not triangular.
  std::vector<double> prior_start() const;
  std::vector<double> null_start() const;

  /// The negative derivatives of the loss in the predictors z (rows x outputs), in the same layout,
  /// and the loss.
  std::vector<double> residuals(const std::vector<double>& z, double& loss) const;

  /// coef = m + F^-1 Z^T r / alpha for residuals r (rows x outputs). Returns Z (coef - m), rows x
  /// outputs. One pass over the features.
  std::vector<double> expand(const std::vector<double>& r, double alpha, double* coef) const;

  /// Adds the coefficients of features without a penalty to coef, which expand() has written, and
  /// sets the intercepts, from the coefficients and intercepts of the reduced problem.
  void write(const std::vector<double>& reduced, double* coef, double* intercept) const;

  /// Adds to the intercepts what centring has added to the offsets.
  void restore_intercepts(double* intercept) const;

  /// sum_kj alpha f_j (b_kj - m_kj)^2 / 2.
  double penalty(const double* coef, double alpha) const;

 private:
  enum class Deviations { of_some_features, of_all_features };

  double factor_of(Index j) const {
    return data_.penalty_factors.empty() ? 1.0 : data_.penalty_factors[j];
  }
  double prior_of(Index k, Index j) const {
    return data_.prior_mean.empty() ? 0.0 : data_.prior_mean[k * data_.x.cols + j];
  }
  void assign_roles();
  void rescale(Deviations deviations);
  void add_prior_part();
  Source<T> features() const;
  template <Real P>
  void form_kernel_in();
  bool kernel_in_range(double low, double high) const;
  void form_kernel(Products products);
  void factor();
  void set_free_columns();
  std::vector<double> intercepts_beside(std::vector<double> offset) const;
  double remove_mean(std::vector<double>& values) const;

  const LogisticData<T>& data_;
  const LogisticOptions& options_;
  Monitor& monitor_;
  std::vector<Index> rows_;
  std::vector<std::int32_t> label_;  ///< of the fitted rows
  std::vector<double> weight_;       ///< of the fitted rows, times weight_scale_; empty: ones
  double weight_scale_ = 1.0;
  std::vector<Index> free_;      ///< features without a penalty
  std::vector<double> factors_;  ///< penalty factors of the reduced features
  std::vector<double> shift_;    ///< c
  /// scale_ / sqrt(f_j); 0 for features without a penalty and for pinned ones.
  std::vector<double> row_scale_;
  double scale_ = 1.0;
  GramMatrix kernel_;  ///< scale_^2 K, of all rows of X
  bool in_float_ = false;
  bool triangular_ = false;           ///< L, as Cholesky without pivots leaves it
  Buffer<double> reduced_x_;          ///< rows x n_reduced, row-major
  std::vector<double> offset_shift_;  ///< added to the offsets of each output; empty: nothing
  std::vector<double> own_offset_;
  std::vector<double> offset_;
};

}  // namespace elltwo
