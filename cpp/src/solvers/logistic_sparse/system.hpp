#pragma once

#include <algorithm>

#include "solvers/logistic_sparse/design.hpp"
#include "solvers/logistic_sparse/terms.hpp"
#include "sparse/pass.hpp"

namespace elltwo {

/// Objective, gradient and Hessian of a sparse problem at one alpha, as passes over X, which are
/// counted. Points b and directions v are blocks as SparseLogisticDesign describes them.
template <Real T>
class SparseLogisticSystem {
 public:
  SparseLogisticSystem(const SparseLogisticDesign<T>& design, const LogisticOptions& options,
                       Monitor& monitor);

  const SparseLogisticDesign<T>& design() const { return design_; }
  Monitor& monitor() const { return monitor_; }
  int n_threads() const { return pass_.n_threads(); }
  int passes() const { return passes_; }

  /// Sets alpha. Coefficients that are pinned, or whose column is constant, or whose penalty dwarfs
  /// the data, are not fitted: they are set to their prior means in b. All others, and intercepts,
  /// are.
  void set_alpha(double alpha, double* b);

  /// Whether some prior mean is not zero.
  bool has_prior() const {
    return std::ranges::any_of(prior_, [](double m) { return m != 0.0; });
  }
  /// b = prior means, and zero intercepts.
  void start_from_prior(double* b) const { std::copy(prior_.begin(), prior_.end(), b); }

  Index size() const { return design_.size(); }
  Index n_outputs() const { return design_.outputs(); }
  /// Whether coefficient e is fitted.
  bool moves(Index e) const { return moves_[e] != 0; }
  bool is_intercept(Index e) const { return e >= design_.p() * n_outputs(); }
  /// Scaled penalty of a coefficient that is fitted.
  double penalty(Index e) const { return penalty_[e]; }
  /// Number of coefficients that are fitted, without intercepts.
  Index rank() const;
  /// Whether some, or all, of the fitted coefficients and intercepts have no penalty.
  bool any_free() const { return n_free_ > 0; }
  bool all_free() const { return n_free_ == n_moving_; }

  /// Subtracts from each feature's coefficients their mean over classes, less that of their prior
  /// means. No probability depends on this mean, and at the minimum it is zero. One output is left
  /// as it is.
  void centre_point(double* b) const { subtract_class_means(b, prior_.data()); }
  /// Subtracts from each feature's part of a direction its mean over classes.
  void centre_direction(double* v) const { subtract_class_means(v, nullptr); }

  /// z = X v, n x outputs.
  void multiply(const double* v, double* z);
  /// z = X v + offset, n x outputs.
  void predict(const double* v, double* z);

  /// The part of the predictors of offsets and of coefficients that are not fitted; null: zeros.
  const double* base() const {
    return base_.data() != nullptr ? base_.data() : design_.offset.data();
  }

  LogisticTerms& terms() { return terms_; }
  const LogisticTerms& terms() const { return terms_; }

  /// Penalty at b + t d, with its derivatives in t. d may be null: zeros.
  LogisticTerms::Line penalties(const double* b, double t, const double* d) const;

  /// The negative gradient of the loss, at the last gradient(), in coefficients whose penalty
  /// dwarfs the data, and 0 in others; null: there are none.
  const double* held_slope() const { return held_slope_.data(); }

  /// g = the negative gradient at b; 0 for coefficients that are not fitted. The terms must have
  /// been evaluated at b.
  void gradient(const double* b, double* g);

  /// q = H v with H at the point of the terms; 0 for coefficients that are not fitted.
  void apply(const double* v, double* q);

  /// out = X^T h, p values, with X not centred.
  void weighted_column_sums(const double* h, double* out);

  /// max over fitted coefficients of |g_e| / (|x_j - mean_j| |r_t|).
  double optimality(const double* g) const;

  /// The inverse of an approximate diagonal of H, mean curvature times sum_i w_i (x_ij - mean_j)^2
  /// plus penalty; 0 for coefficients that are not fitted.
  void inverse_diagonal(double* out) const;

 private:
  void run_pass(const double* v, const RowTransform& transform, double* out);
  void subtract_class_means(double* v, const double* reference) const;
  void set_centres(const double* v);
  /// sum_i w_i (x_ij - mean_j)^2 of the column of coefficient e; of an intercept the sum of the
  /// weights.
  double spread(Index e) const {
    const Index j = e / n_outputs();
    return j < design_.p() ? design_.spread[j] : design_.total_weight;
  }

  const SparseLogisticDesign<T>& design_;
  Monitor& monitor_;
  int n_threads_;
  SparsePass<T> pass_;
  LogisticTerms terms_;
  int passes_ = 0;
  Buffer<double> penalty_;      ///< scaled; 0 for coefficients that are not fitted
  Buffer<double> prior_;        ///< scaled
  Buffer<std::uint8_t> moves_;  ///< 1 for coefficients that are fitted
  Buffer<double> held_slope_;   ///< empty: no penalty dwarfs the data
  Buffer<double> base_;         ///< see base(); empty: offsets alone
  Buffer<double> centre_;       ///< mean . v - intercept of each output, for the vector of a pass
  std::vector<Index> columns_;  ///< 0, 1, ..., outputs - 1
  Index n_moving_ = 0;          ///< coefficients and intercepts that are fitted
  Index n_free_ = 0;            ///< coefficients and intercepts without a penalty
};

}  // namespace elltwo
