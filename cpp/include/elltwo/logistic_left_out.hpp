#pragma once

#include <span>

#include "elltwo/logistic.hpp"

namespace elltwo {

/// Approximate leave-one-out predictors of fits of all rows (Rad and Maleki 2020, equation 7): one
/// Newton step from a fit towards the fit without row i, which leaves with its whole weight,
///   z_i - (I - M_i W_i)^-1 M_i r_i,   M_i = X_i^T H^-1 X_i,
/// with r_i the negative gradient and W_i the Hessian of w_i loss_i in z_i, X_i = (x_i, 1) for each output and H the
/// Hessian of the objective; of two classes z - q r / (1 - h q). `coef` (alphas x outputs x p) and `intercept`
/// (alphas x outputs) are the fits, `predictor` (alphas x n x outputs) is written, with offsets. Where a row is
/// all that determines something, 1 - h q is held at 1e-8. Rows of weight 0 keep the predictor of the fit.
/// M_i may come from products in float, where H is conditioned well enough. Throws std::invalid_argument, before
/// any result is written, when a value is out of range or the data hold NaN or infinity. Status::interrupted
/// if the monitor asked to stop, else Status::converged. Defined for float and double.
template <Real T>
Status logistic_left_out(const LogisticData<T>& data, std::span<const double> alphas,
                         const LogisticOptions& options, Monitor& monitor,
                         std::span<const double> coef, std::span<const double> intercept,
                         std::span<double> predictor);

/// The most coefficients of all outputs together, or samples times outputs where these are fewer, that
/// logistic_left_out() makes a Hessian of.
inline constexpr Index left_out_limit = 8192;

}  // namespace elltwo
