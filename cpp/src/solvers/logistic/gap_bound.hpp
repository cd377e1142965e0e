#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "solvers/logistic/metric.hpp"
#include "solvers/logistic/objective.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {

// Upper bounds of objective - minimum, by duality. With probabilities q_i of row i in the place of
// p_i, and residuals r_i = w_i (y_i - q_i),
//   objective - minimum <= sum_i w_i KL(q_i || p_i)
//                          + sum_j (X^T r - alpha_j (b - m))_j^2 / (2 alpha_j)
// if X^T r is zero in every column without a penalty. A step D of the coefficients tilts the
// probabilities: q_i = p_i + C_i x_i D, C_i = diag(p_i) - p_i p_i^T. With the Hessian H of the
// loss, gradients g become g - H D, and sum_i w_i KL(q_i || p_i) <= D . H D min(1, 1 / (2 - 2 t)),
// where t < 1 is the largest range of x_i D between classes. D = 0 makes the bound |g|^2 / (2
// alpha), which strong convexity gives too. Columns U without a penalty need a step with H_UU D_U =
// g_U. D near the Newton step makes the bound little more than the Newton decrement.

/// The rows of a fit as the bounds need them. Numbers of row i and output k are at i * row_stride +
/// k * output_stride.
struct RowCurvature {
  Index n = 0;
  Index outputs = 1;
  const double* curvature = nullptr;  ///< two classes: w p (1 - p); more: the probabilities
  Index row_stride = 1;
  Index output_stride = 0;
  const double* weight = nullptr;  ///< null: ones

  double at(Index i, Index k) const { return curvature[i * row_stride + k * output_stride]; }
  double weight_of(Index i) const { return weight != nullptr ? weight[i] : 1.0; }
};

/// The step of the coefficients without a penalty, H_UU D_U = g_U.
struct FreeStep {
  bool known = false;
  std::vector<double> step;  ///< outputs x columns
  double decrement = 0.0;    ///< g_U . D_U
  double range = 0.0;        ///< largest range of x_i D between classes, over the rows
};

/// Columns without a penalty, times classes, up to which the step is computed: beyond it costs more
/// than a pass. An intercept alone is always worth it.
inline constexpr Index most_free_coefficients = 32;

bool worth_free_step(Index outputs, Index n_columns);

/// The step for columns `x` (n x n_columns, row-major; null: a single column of ones) and the
/// negative gradient in them, outputs x n_columns. Not known where H_UU is singular.
FreeStep free_step(const RowCurvature& rows, const double* x, Index n_columns,
                   const std::vector<double>& slope, Monitor& monitor);

/// (objective - minimum) / objective from a bound of the numerator. The minimum is not negative:
/// one is a bound too.
double relative_gap(double bound, double objective);

/// What a coefficient with a penalty, if it is fitted, adds to the bound beside its gradient.
struct PenaltyAndSize {
  double penalty = 0.0;   ///< 0: it has none, or is not fitted
  double size = 0.0;      ///< sqrt(sum_i w_i x_ij^2)
  double residual = 0.0;  ///< sqrt(sum_i r_ik^2 / w_i)
};

/// Error of a gradient from rounding, in parts of |x_j| |r_k|.
inline constexpr double gradient_rounding = std::numeric_limits<double>::epsilon();

/// Relative gap up to which a bound without a tilt, which takes a pass, is good enough.
inline constexpr double good_gap = 1e-9;

/// A step D of all coefficients, the product H D with the Hessian of the loss, and the largest
/// range of x_i D between classes.
struct Tilt {
  Buffer<double> step;
  Buffer<double> product;
  double range = 0.0;
};

/// What a bound is made from. Coefficients are numbered as in a point.
template <class TermsOf, class FreeStepOf>
struct GapTerms {
  Index size;  ///< coefficients
  Index outputs;
  double objective;
  std::vector<Index> free;  ///< coefficients without a penalty
  TermsOf terms_of;         ///< PenaltyAndSize of a coefficient
  FreeStepOf free_step_of;  ///< FreeStep of the negative gradient in `free`
};

/// The relative bound after a tilt, or null: none, and a step in `free`. slope is the negative
/// gradient of the objective. Infinite where the bound does not hold.
template <class TermsOf, class FreeStepOf>
double tilted_bound(const GapTerms<TermsOf, FreeStepOf>& terms, const double* slope,
                    const Tilt* tilt) {
  // The tilt is scaled to minimise the quadratic model along it: t g . D / D . (H + alpha F) D.
  double along = 0.0, curvature = 0.0, divergence = 0.0;
  for (Index e = 0; tilt != nullptr && e < terms.size; ++e) {
    along += slope[e] * tilt->step[e];
    divergence += tilt->step[e] * tilt->product[e];
    curvature += terms.terms_of(e).penalty * tilt->step[e] * tilt->step[e];
  }
  const double length = tilt != nullptr ? along / (curvature + divergence) : 0.0;
  if (tilt != nullptr && !(length > 0.0 && std::isfinite(length))) return infinity;
  divergence *= length * length;
  std::vector<double> left;  // of the gradient in the free coefficients
  for (const Index e : terms.free) {
    left.push_back(slope[e] - (tilt != nullptr ? length * tilt->product[e] : 0.0));
  }
  const FreeStep free = terms.free_step_of(left);
  if (!free.known) return infinity;
  for (std::size_t f = 0; tilt != nullptr && f < left.size(); ++f) {
    divergence += 2.0 * free.step[f] * length * tilt->product[terms.free[f]];
  }
  divergence += free.decrement;
  const double range = free.range + (tilt != nullptr ? length * tilt->range : 0.0);
  if (!(range < 1.0)) return infinity;
  // The free step changes other gradients by less than |x_j|^2 g_U . D_U in squares, summed over
  // outputs.
  double penalised = 0.0, trace = 0.0;
  for (Index e = 0; e < terms.size; ++e) {
    const PenaltyAndSize s = terms.terms_of(e);
    if (s.penalty == 0.0) continue;
    const double g = std::abs(slope[e] - (tilt != nullptr ? length * tilt->product[e] : 0.0)) +
                     gradient_rounding * s.size * s.residual;
    penalised += 0.5 * g * (g / s.penalty);
    trace += s.size * (s.size / s.penalty) / static_cast<double>(terms.outputs);
  }
  const double side = std::sqrt(penalised) + std::sqrt(0.5 * trace * free.decrement);
  const double factor = std::min(1.0, 0.5 / (1.0 - range));
  return relative_gap(std::max(divergence, 0.0) * factor + side * side, terms.objective);
}

/// The smaller of the bounds without a tilt and, where that is not good, with the one that tilt()
/// returns. At most one, which is a bound since the minimum is not negative, but infinity where
/// features have no penalty and no bound is found.
template <class Terms, class MakeTilt>
double best_bound(const Terms& terms, const double* slope, bool has_free_features,
                  const MakeTilt& tilt) {
  double bound = tilted_bound(terms, slope, nullptr);
  if (bound > good_gap) {
    const Tilt by = tilt();
    bound = std::min(bound, tilted_bound(terms, slope, &by));
  }
  return has_free_features ? bound : std::min(bound, 1.0);
}

/// An upper bound of (objective - minimum) / objective at a point, but for rounding. Infinity where
/// none is known: there are many features without a penalty, or their gradient is too large. The
/// metric's step makes the tilt, if one is needed: that takes a pass, which is added to n_passes.
template <Real T>
double gap_bound(const LogisticObjective<T>& objective, const LogisticPoint& at,
                 const LogisticMetric& metric, int& n_passes);

}  // namespace elltwo
