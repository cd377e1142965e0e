#pragma once

#include <algorithm>

#include "solvers/logistic_sparse/design.hpp"
#include "solvers/logistic_sparse/terms.hpp"
#include "sparse/pass.hpp"

namespace elltwo {

/// Objective, gradient and Hessian of a sparse problem at one alpha, as passes over X, which are counted.
/// A pass that the monitor stops returns false.
template <Real T>
class SparseLogisticSystem {
 public:
  SparseLogisticSystem(const SparseLogisticDesign<T>& design, const LogisticOptions& options,
                       Monitor& monitor);

  const SparseLogisticDesign<T>& design() const { return design_; }
  Monitor& monitor() const { return monitor_; }
  int n_threads() const { return pass_.n_threads(); }
  int passes() const { return passes_; }

  /// Coefficients that are pinned, or whose column is constant, or whose penalty dwarfs the data, stand
  /// still at their prior means in b, and all others, the intercepts among them, may move.
  bool set_alpha(double alpha, double* b);

  /// b = prior means, and zero intercepts.
  void start_from_prior(double* b) const { std::copy(prior_.begin(), prior_.end(), b); }

  Index size() const { return design_.size(); }
  Index n_outputs() const { return design_.outputs(); }
  bool moves(Index e) const { return moves_[e] != 0; }
  bool is_intercept(Index e) const { return e >= design_.p() * n_outputs(); }
  /// Of a coefficient that moves.
  double penalty(Index e) const { return penalty_[e]; }
  /// Coefficients that move, without intercepts.
  Index rank() const;
  /// Whether some or all coefficients that move, with intercepts, go without a penalty.
  bool any_free() const { return n_free_ > 0; }
  bool all_free() const { return n_free_ == n_moving_; }

  /// Of several classes, takes from a feature's coefficients what they have in common beside their prior
  /// means: it changes no probability, and is zero at the minimum. Of a direction: beside zero.
  void level(double* b) const { take_mean(b, prior_.data()); }
  void level_direction(double* v) const { take_mean(v, nullptr); }

  /// z = X v (n x outputs), and the offsets.
  bool multiply(const double* v, double* z);
  bool predict(const double* v, double* z);

  /// What offsets and coefficients that stand still add to the predictors; null: zeros.
  const double* base() const {
    return base_.data() != nullptr ? base_.data() : design_.offset.data();
  }

  LogisticTerms& terms() { return terms_; }
  const LogisticTerms& terms() const { return terms_; }

  /// Penalty at b + t d, with derivatives in t; d may be null.
  LogisticTerms::Line penalties(const double* b, double t, const double* d) const;

  /// Of coefficients whose penalty dwarfs the data, the negative gradient of the loss where it was last
  /// taken, else 0; null: there are none.
  const double* held_slope() const { return held_slope_.data(); }

  /// g = the negative gradient at b, whose terms have been taken.
  bool gradient(const double* b, double* g);

  /// q = H v with the terms' curvature; zero for coefficients that stand still.
  bool apply(const double* v, double* q);

  /// out = X^T h (p), X not centred.
  bool add_rows(const double* h, double* out);

  /// max |g_j| / (d_j |r|).
  double optimality(const double* g) const;

  /// A diagonal near the Hessian's: mean curvature times sum w (x - mean)^2, and penalties; inverted, 0 for
  /// coefficients that stand still.
  void inverse_diagonal(double* out) const;

 private:
  bool run(const double* v, const RowTransform& transform, double* out);
  void take_mean(double* v, const double* about) const;
  void set_centres(const double* v);
  double spread(Index e) const {
    const Index j = e / n_outputs();
    return j < design_.p() ? design_.spread[j] : design_.total;
  }

  const SparseLogisticDesign<T>& design_;
  Monitor& monitor_;
  int n_threads_;
  SparsePass<T> pass_;
  LogisticTerms terms_;
  int passes_ = 0;
  Buffer<double> penalty_;
  Buffer<double> prior_;
  Buffer<std::uint8_t> moves_;
  Buffer<double> held_slope_;
  Buffer<double> base_;
  Buffer<double> centre_;
  std::vector<Index> columns_;
  Index n_moving_ = 0;
  Index n_free_ = 0;
};

}  // namespace elltwo
