#pragma once

#include <span>

#include "elltwo/logistic.hpp"

namespace elltwo {

/// What stands for the Hessian of the objective in approximate leave-one-out.
enum class LeftOutHessian {
  exact,
  /// The Kronecker product of mean curvature and Gram matrix, scaled to a trace of the exact one.
  kronecker,
};

/// Approximate leave-one-out predictors of fits to all rows (Rad and Maleki 2020, equation 7): one
/// Newton step from a fit towards the fit without row i,
///   z_i - (I - M_i W_i)^-1 M_i r_i,   M_i = X_i^T H^-1 X_i,
/// with r_i the negative gradient and W_i the Hessian of w_i loss_i in z_i, X_i = (x_i, 1) for each
/// output, and H the Hessian of the objective. `coef` (alphas x outputs x p) and `intercept`
/// (alphas x outputs) are the fits; `predictor` (alphas x n x outputs) is written, offsets
/// included. For two classes the step is z - h r / (1 - h q) with scalars h, q and r for M_i, W_i
/// and r_i; where row i alone determines a direction of the fit, 1 - h q is replaced by 1e-8. Rows
/// of weight 0 keep the predictor of the fit. M_i may come from products in float where H is
/// conditioned well enough.
///
/// Of more than two classes with more than 600 coefficients of their contrasts, H is not formed.
/// The step is z_i - c N_i r_i then, with X_i^T H_-i^-1 X_i of a Kronecker product for N_i and a
/// factor c of each alpha that gives sum_i r_i^T M_i r_i the value that it has with H, as estimated
/// from a few random vectors. `hessian`, unless it is null, tells which of the two it was.
///
/// Throws std::invalid_argument, before any result is written, where a value is out of range or the
/// data contain NaN or infinity. Returns Status::interrupted if the monitor asked to stop, else
/// Status::converged. Defined for float and double.
template <Real T>
Status logistic_left_out(const LogisticData<T>& data, std::span<const double> alphas,
                         const LogisticOptions& options, Monitor& monitor,
                         std::span<const double> coef, std::span<const double> intercept,
                         std::span<double> predictor, LeftOutHessian* hessian = nullptr);

/// logistic_left_out() without a monitor: it cannot be interrupted.
template <Real T>
void logistic_left_out(const LogisticData<T>& data, std::span<const double> alphas,
                       const LogisticOptions& options, std::span<const double> coef,
                       std::span<const double> intercept, std::span<double> predictor) {
  Monitor nobody;
  logistic_left_out(data, alphas, options, nobody, coef, intercept, predictor);
}

/// Features, or samples where these are fewer, from which on logistic_left_out() refuses.
inline constexpr Index left_out_limit = 8192;

}  // namespace elltwo
