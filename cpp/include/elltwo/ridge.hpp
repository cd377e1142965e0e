#pragma once

#include <span>

#include "elltwo/monitor.hpp"
#include "elltwo/solve_info.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

/// The solver that the caller demands. cg is for sparse X alone.
enum class SolverChoice { automatic, cholesky, svd, cg };

/// The data and penalty of
///   minimise over (b, b0)  sum_i w_i (y_i - b0 - x_i.b)^2 + sum_j alpha f_j (b_j - m_j)^2.
/// Empty spans stand for unit weights, unit factors and a prior mean of zero. At alpha = 0 of many
/// least-squares solutions the limit of small alphas is meant, the one with the least
///   sum_j f_j (b_j - m_j)^2,
/// plus b0^2 where the intercept is penalised; of those that differ only where f_j is 0 the one
/// with the least sum_j (b_j - m_j)^2.
template <Real T>
struct RidgeData {
  MatrixView<T> x;                            ///< n x p
  MatrixView<double> y;                       ///< n x targets
  std::span<const double> alpha;              ///< one, or one per target; in [0, inf]
  std::span<const double> penalty_factors{};  ///< p, in [0, inf]; inf pins b_j to m_j
  std::span<const double> prior_mean{};       ///< targets x p, row-major
  std::span<const double> sample_weight{};    ///< n, finite, >= 0, not all zero
  double intercept_factor = 1.0;  ///< of alpha b0^2, where the intercept is penalised; finite, > 0
};

struct RidgeOptions {
  bool fit_intercept = true;
  bool penalize_intercept = false;  ///< adds alpha b0^2
  SolverChoice solver = SolverChoice::automatic;
  double tol = 1e-10;  ///< relative KKT residual
  int max_iter = 10;   ///< corrections with residuals from the original data
  int n_threads = 0;   ///< 0: num_threads() of elltwo/threads.hpp
};

/// Fits every target and writes coef (targets x p, row-major) and intercept (targets). Throws
/// std::invalid_argument, before any result is written, where a value is out of range or the data
/// contain NaN or infinity. Defined for float and double.
template <Real T>
SolveInfo ridge(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor,
                std::span<double> coef, std::span<double> intercept);

/// ridge() without a monitor: it cannot be interrupted.
template <Real T>
SolveInfo ridge(const RidgeData<T>& data, const RidgeOptions& options, std::span<double> coef,
                std::span<double> intercept) {
  Monitor nobody;
  return ridge(data, options, nobody, coef, intercept);
}

/// The largest number of features for which ridge_small() may return true.
inline constexpr Index ridge_small_max_features = 32;

/// ridge() for one target with unit weights and factors, and a free intercept or none, without any
/// allocation. False, with unspecified outputs, where the fit needs more than a Cholesky factor of
/// a well-conditioned matrix: ridge() then fits it, or says what is wrong with the data.
bool ridge_small(MatrixView<double> x, MatrixView<double> y, double alpha, bool fit_intercept,
                 double* coef, double* intercept, SolveInfo& info);

}  // namespace elltwo
