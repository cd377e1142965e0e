#pragma once

#include <span>

#include "elltwo/views.hpp"

namespace elltwo {

/// The penalties h_j(b) = l1_j |b| + l2_j b^2 / 2 for lower_j <= b <= upper_j of all coefficients
/// at one alpha. Where l1_j = l2_j = 0 the coefficient is not penalised, and q_j must be 0 unless a
/// bound holds it. Empty bounds are infinite.
struct ElasticNetTerms {
  std::span<const double> l1;
  std::span<const double> l2;
  std::span<const double> lower;
  std::span<const double> upper;
};

/// How far a point is from the optimum of sum loss + sum_j h_j(b_j).
struct DualityGap {
  /// A bound on the objective less its minimum; not negative.
  double gap = 0.0;
  /// The largest violation of the optimality conditions, over the l1_j or, where that is 0, over
  /// the largest l1.
  double violation = 0.0;
  /// t of the dual point t r.
  double scale = 1.0;
};

/// The gap of squared loss, as a sum of terms of which none is negative, so that nothing cancels:
///   (1 - t)^2 / 2 r'W r + sum_j [ h_j(b_j) + h_j*(t q_j) - t q_j b_j ],   q_j = x_j'W r,
/// with t = 1 where all h_j*(q_j) are finite, and the largest t for which all are; the smaller of
/// the two (Fenchel; Kim, Koh, Lustig, Boyd and Gorinevsky 2007, eq. 14, for the lasso). It needs
/// sum w r = 0 with a free intercept. Sums are compensated.
DualityGap squared_loss_gap(double rss, const double* b, const double* q, Index n,
                            const ElasticNetTerms& terms);

}  // namespace elltwo
