#pragma once

#include <array>
#include <vector>

#include "solvers/logistic_pass/sums.hpp"

namespace elltwo {

/// Where the rows of a pass put what Hessians need: for two classes sqrt(w p (1 - p)) of each row,
/// for more sqrt(p_k) w^(1/4) of each class, so that the products of two of them are sqrt(w p_k
/// p_l). Zero for rows that a point leaves out.
struct CurvatureRoots {
  double* data = nullptr;  ///< hessians x outputs x ld; null: no Hessian is wanted
  Index ld = 0;
  Index first = 0;  ///< the row of the pass to which data[0] belongs

  double* of(Index asked, Index outputs, Index k0) const {
    return data + asked * outputs * ld + (k0 - first);
  }
};

/// What rows add to the sums of every point, from their predictors at all points.
class PointTerms {
 public:
  PointTerms(const PassPoints& points, const LogisticPassRows& rows, CurvatureRoots roots);

  /// Replaces the predictors z of rows [k0, k0 + kc), without offsets (targets x kc, leading
  /// dimension ld), by their residuals w ([label = k] - p_k), which are zero for rows that a point
  /// leaves out. Adds to the sums of losses, weights and held-out scores.
  void replace(Index k0, Index kc, double* z, Index ld);

  /// Whether predictors were NaN or infinite.
  bool not_finite() const { return zero_ != 0.0; }

  /// Adds the sums to all but gradients and matrices.
  void finish(PassSums& out) const;

 private:
  static constexpr Index at_once = 256;
  using Row = std::array<double, at_once>;
  struct OfPoint {
    double loss = 0.0;
    std::array<double, 3> scores{};  ///< loss, right class, Brier score of the rows left out
  };

  void replace_some(Index k0, Index kc, double* z, Index ld);
  void add_offsets(Index k0, Index kc, double* z, Index ld) const;
  void split(const PassPoints::Group& group, Index k0, Index kc);
  void score(Index point, const double* z, Index ld);
  double set_apart_unseen(Index outputs);
  double loss_of_seen();
  double terms(Index n, double* z, Index ld, const std::int32_t* label, const double* w,
               double* curvature, Index ld_curvature) const;
  void add_residuals(Index point, Index kc, const double* r, Index ld);
  void to_roots(Index kc, double* curvature) const;

  const PassPoints& points_;
  const LogisticPassRows& rows_;
  CurvatureRoots roots_;
  std::vector<OfPoint> sums_;
  std::vector<double> residual_;                      ///< points x outputs
  std::vector<std::array<double, 2>> group_weights_;  ///< of fitted rows and of those left out
  double zero_ = 0.0;

  // Of the current rows and the current group:
  const double* weight_ = nullptr;  ///< fitted rows', 0 for those left out; null: ones
  Row fitted_weight_;
  Row divisor_;  ///< given weights, 1 instead of 0
  Index n_held_ = 0;
  std::array<Index, at_once> held_;
  std::array<std::int32_t, at_once> held_label_;
  Row held_weight_;
  std::vector<double> held_z_;  ///< outputs x at_once
  Index n_seen_ = 0;            ///< held-out rows of classes that the fit has seen
  std::array<std::int32_t, at_once> seen_label_;
  Row seen_weight_;
  std::vector<double> seen_z_;
};

}  // namespace elltwo
