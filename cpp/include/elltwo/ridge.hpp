#pragma once

#include <span>

#include "elltwo/monitor.hpp"
#include "elltwo/solve_info.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

/// Which solver the caller insists on. Dense X knows no cg.
enum class SolverChoice { automatic, cholesky, svd, cg };

/// The data and penalty of
///   minimise over (b, b0)  sum_i w_i (y_i - b0 - x_i.b)^2 + sum_j alpha f_j (b_j - m_j)^2.
/// Empty spans mean: unit weights, unit factors, prior mean zero.
template <Real T>
struct RidgeData {
  MatrixView<T> x;                          ///< n x p
  MatrixView<double> y;                     ///< n x targets
  std::span<const double> alpha;            ///< one, or one per target; in [0, inf]
  std::span<const double> penalty_factors;  ///< p, in [0, inf]; inf pins b_j to m_j
  std::span<const double> prior_mean;       ///< targets x p, row-major
  std::span<const double> sample_weight;    ///< n, finite, >= 0, not all zero
};

struct RidgeOptions {
  bool fit_intercept = true;
  bool penalize_intercept = false;  ///< adds alpha b0^2
  SolverChoice solver = SolverChoice::automatic;
  double tol = 1e-10;  ///< relative KKT residual
  int max_iter = 10;   ///< corrections with residuals from the original data
  int n_threads = 0;   ///< 0: the cores this process may use
};

/// Fits every target; writes coef (targets x p, row-major) and intercept (targets).
/// Throws std::invalid_argument, before any result is written, when a value is out of range
/// or the data hold NaN or infinity. Defined for float and double.
template <Real T>
SolveInfo ridge(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor,
                std::span<double> coef, std::span<double> intercept);

/// Largest number of features that ridge_small takes.
inline constexpr Index ridge_small_max_features = 32;

/// One target, unit weights and factors, free intercept or none, all on the stack.
/// Returns false, leaving the outputs unspecified, where the answer would need more than
/// a well-conditioned Cholesky (then `ridge` knows what to do): odd values, poor conditioning.
bool ridge_small(MatrixView<double> x, MatrixView<double> y, double alpha, bool fit_intercept,
                 double* coef, double* intercept, SolveInfo& info);

}  // namespace elltwo
