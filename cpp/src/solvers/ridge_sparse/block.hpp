#pragma once

#include <vector>

#include "solvers/ridge_sparse/design.hpp"
#include "sparse/pass.hpp"

namespace elltwo {

/// Targets that are fitted side by side at most.
inline constexpr Index most_targets_at_once = 8;

/// A target and the penalty it is fitted with.
struct PenalisedTarget {
  Index target = 0;
  double alpha = 0.0;
};

/// How close a target's gradient is to zero, as dense fits define it.
struct Stationarity {
  double gradient = 0.0;  ///< max |g_j| / d_j
  double scale = 0.0;     ///< |y| + |d b|

  double optimality() const {
    if (gradient == 0.0) return 0.0;
    return gradient <= std::numeric_limits<double>::max() ? gradient / scale : infinity;
  }
};

/// Up to most_targets_at_once targets, fitted side by side: element (j, t) of a p x k block of
/// coefficients is at j * k + t. The intercept is always at its optimum.
template <Real T>
class SparseBlock {
 public:
  SparseBlock(const Problem<T>& problem, const SparseDesign<T>& design, SparsePass<T>& pass,
              std::vector<PenalisedTarget> targets);

  Index k() const { return static_cast<Index>(targets_.size()); }
  Index size() const { return design_.x.cols * k(); }
  const std::vector<PenalisedTarget>& targets() const { return targets_; }

  /// Half the negative gradient, from the data; zero for coefficients that are not solved for.
  void gradient(const double* b, double* g) const;

  /// q = (X^T W X + penalties) v with centred X.
  void apply(const double* v, double* q) const;

  /// 1 / d, d^2 being the diagonal of the system; 0 for coefficients that are not solved for:
  /// pinned ones, and without a penalty those of constant features, whatever value they have.
  const Buffer<double>& inverse_size() const { return inverse_size_; }

  Stationarity stationarity(Index t, const double* b, const double* g) const;

  /// The largest stationarity of all targets.
  double optimality(const double* b, const double* g) const;

  /// max |x_j| / d_j over coefficients solved for, x_j being a column as it stands: what implicit
  /// centring magnifies rounding by.
  double magnification() const;

  Buffer<double> prior() const;

  /// Problem::kappa of target t; 0 without an intercept.
  double kappa(Index t) const { return kappa_[t]; }

  const SparseDesign<T>& design() const { return design_; }

  /// Whether the intercept of target t is one of the parameters that are to be small, where least
  /// squares without a penalty has many solutions.
  bool counts_level(Index t) const {
    return targets_[t].alpha == 0.0 && problem_.counts_intercept(0.0);
  }

  /// Whether column j is constant, but not zero, and its coefficient of target t shares with the
  /// intercept, see counts_level. It has no part in the system.
  bool is_level(Index j, Index t) const;

  /// Whether there is such a column.
  bool has_levels() const;

  /// Whether any coefficient of target t has a penalty.
  bool penalised(Index t) const;

  /// Coefficients solved for, of the target that has the fewest.
  Index rank() const;

 private:
  Buffer<double> dot_means(const double* v) const;
  void residual_products(const double* b, const double* centre, double* g, double* sums) const;
  void set_up_target(Index t);

  const Problem<T>& problem_;
  const SparseDesign<T>& design_;
  SparsePass<T>& pass_;
  std::vector<PenalisedTarget> targets_;
  std::vector<double> kappa_;
  Buffer<double> penalty_;  // 0 in the place of infinite ones, whose coefficients do not move
  Buffer<double> inverse_size_;
};

}  // namespace elltwo
