#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "solvers/logistic/objective.hpp"

namespace elltwo {

// Upper bounds of objective - minimum, by duality. With probabilities q_i of row i in the place of
// p_i, and residuals r_i = w_i (y_i - q_i),
//   objective - minimum <= sum_i w_i KL(q_i || p_i) + sum_j (X^T r - alpha_j (b - m))_j^2 / (2 alpha_j)
// if X^T r is zero in every column without a penalty. At q = p the right-hand side is |g|^2 / (2
// alpha), which strong convexity gives too, but g is not zero in the columns U without a penalty. A
// step D of their coefficients tilts the probabilities: q_i = p_i + C_i x_iU D with C_i = diag(p_i)
// - p_i p_i^T makes it zero if H D = g_U, H = sum_i w_i x_iU^T C_i x_iU. Then
// sum_i w_i KL(q_i || p_i) <= g_U . D, and the gradient of penalised columns changes by
// -X^T W C x_U D. q_i are probabilities where x_iU D has a range of at most one between classes.

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

/// The step D of the coefficients without a penalty.
struct FreeStep {
  bool known = false;
  std::vector<double> step;  ///< outputs x columns
  double decrement = 0.0;    ///< g_U . D
};

/// Columns without a penalty, times classes, up to which the step is computed: beyond it costs more
/// than a pass. An intercept alone is always worth it.
inline constexpr Index most_free_coefficients = 32;

bool worth_free_step(Index outputs, Index n_columns);

/// D for columns `x` (n x n_columns, row-major; null: a single column of ones) and the negative
/// gradient in them, outputs x n_columns. Not known where H is singular or the tilt too large.
FreeStep free_step(const RowCurvature& rows, const double* x, Index n_columns,
                   const std::vector<double>& slope, Monitor& monitor);

/// (objective - minimum) / objective from a bound of the numerator. The minimum is not negative:
/// one is a bound too.
double relative_gap(double bound, double objective);

/// What a coefficient with a penalty, if it is fitted, adds to the bound.
struct PenalisedSlope {
  double slope = 0.0;    ///< the negative gradient of the objective
  double penalty = 0.0;  ///< 0: it has none, or is not fitted
  double size = 0.0;     ///< sqrt(sum_i w_i x_ij^2)
  double residual = 0.0;  ///< sqrt(sum_i r_ik^2 / w_i)
};

/// Error of a gradient from rounding, in parts of |x_j| |r_k|.
inline constexpr double gradient_rounding = std::numeric_limits<double>::epsilon();

/// Relative gap up to which a bound without a pass of its own is good enough.
inline constexpr double good_gap = 1e-9;

/// The relative bound of `size` coefficients of all outputs. slope(e) gives a PenalisedSlope, and
/// change() the product of the Hessian and the tilt, by one pass, which is avoided where the bound
/// |x_j|^2 g_U . D of its square, summed over outputs, suffices.
template <class Slope, class Change>
double penalised_bound(const FreeStep& tilt, Index size, Index outputs, double objective,
                       const Slope& slope_of, const Change& change) {
  const auto sum = [&](const double* changes) {
    double total = 0.0;
    for (Index e = 0; e < size; ++e) {
      const PenalisedSlope s = slope_of(e);
      if (s.penalty == 0.0) continue;
      const double g = std::abs(s.slope - (changes != nullptr ? changes[e] : 0.0)) +
                       gradient_rounding * s.size * s.residual;
      total += 0.5 * g * (g / s.penalty);
    }
    return total;
  };
  double trace = 0.0;
  for (Index e = 0; e < size; ++e) {
    const PenalisedSlope s = slope_of(e);
    if (s.penalty > 0.0) trace += s.size * (s.size / s.penalty) / static_cast<double>(outputs);
  }
  const double side = std::sqrt(sum(nullptr)) + std::sqrt(0.5 * trace * tilt.decrement);
  const double cheap = tilt.decrement + side * side;
  const bool good = cheap <= good_gap * objective || tilt.decrement == 0.0 || trace == 0.0;
  if (good) return relative_gap(cheap, objective);
  const auto changes = change();
  return relative_gap(std::min(cheap, tilt.decrement + sum(changes.data())), objective);
}

/// An upper bound of (objective - minimum) / objective at a point, but for rounding. Infinity where
/// none is known: there are many features without a penalty, or their gradient is too large. It may
/// take one more pass, which it adds to n_passes.
template <Real T>
double gap_bound(const LogisticObjective<T>& objective, const LogisticPoint& at, int& n_passes);

}  // namespace elltwo
