#pragma once

#include <span>

#include "elltwo/batch.hpp"

namespace elltwo {

/// Derivatives of a scalar with respect to the answers of ridge_batch(), row-major.
struct BatchUpstream {
  std::span<const double> coef;         ///< problems x targets x features
  std::span<const double> intercept{};  ///< problems x targets; empty: zeros
  std::span<const double> kept{};       ///< what ridge_batch_direct() kept; empty: it is computed
};

/// Number of values that ridge_batch_direct() keeps of every problem with n rows, p features and t
/// targets: a factor, and the solution of the system that it belongs to.
constexpr Index direct_kept_size(Index n, Index p, Index t) {
  const Index s = n < p ? n : p;
  return s * (s + 1) / 2 + s * t;
}

/// Where ridge_batch_adjoint() writes, row-major.
template <Real T>
struct BatchGradients {
  std::span<T> x;           ///< problems x rows x features
  std::span<double> y;      ///< problems x rows x targets
  std::span<double> alpha;  ///< problems
};

/// Fits every problem by one Cholesky factor, in double, of the smaller of its primal and its dual
/// system, which is what a layer of a network calls thousands of times. Problems without a row of
/// their own weight, factors or prior means only: `starts`, `order`, `penalty_factors`,
/// `prior_mean` and `sample_weight` must be empty, and options.penalize_intercept false. A problem
/// with a pivot below 1e-10 of its diagonal, or with an alpha of infinity, is fitted by ridge().
/// Writes to `kept`, which may be empty, what ridge_batch_adjoint() would compute again. Bits do
/// not depend on the number of threads. Throws as ridge_batch() does.
template <Real T>
Status ridge_batch_direct(const BatchData<T>& data, const RidgeOptions& options, Monitor& monitor,
                          const BatchResults& results, std::span<double> kept = {});

/// Gradients of a scalar with respect to X, y and alpha, given those with respect to coefficients
/// and intercepts. With centred X and y, H = X^T X + alpha I, B = H^-1 X^T Y, R = Y - X B and
/// V = H^-1 dB they are, by implicit differentiation of the normal equations,
///   dX = R V^T - X V B^T,   dY = X V,   dalpha = -<V, B>,
/// which the dual factor of K = X X^T + alpha I gives without a division by alpha: with
/// A = K^-1 Y and U = K^-1 X dB, X V = U, R V^T = A (dB - X^T U)^T and <V, B> = <U, A>.
/// Takes the problems that ridge_batch_direct() does, of finite alpha. Throws
/// std::invalid_argument, naming the problem, where a system is singular to working precision.
template <Real T>
Status ridge_batch_adjoint(const BatchData<T>& data, const RidgeOptions& options,
                           const BatchUpstream& upstream, Monitor& monitor,
                           const BatchGradients<T>& gradients);

}  // namespace elltwo
