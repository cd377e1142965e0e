#pragma once

#include <cstdint>
#include <span>

#include "elltwo/ridge.hpp"

namespace elltwo {

/// k-fold cross-validation of ridge over a grid of penalties, from one Gram matrix per fold.
/// fold[i] in [0, n_folds) names the fold that row i is left out with. Writes
///   sse[(f * alphas + a) * targets + t] = sum over rows i of fold f of
///       w_i (y_it - prediction for i of the fit without fold f at alphas[a])^2
/// and weight[f] = sum of w over fold f. data.alpha is ignored in favour of `alphas`.
/// Returns Status::interrupted if the monitor asked to stop.
template <Real T>
Status ridge_kfold(const RidgeData<T>& data, std::span<const double> alphas,
                   std::span<const std::int32_t> fold, Index n_folds, const RidgeOptions& options,
                   Monitor& monitor, std::span<double> sse, std::span<double> weight);

/// Trace of the weighted Gram matrix, centred if there is an intercept: sum_ij w_i (x_ij - c_j)^2.
template <Real T>
double gram_trace(MatrixView<T> x, std::span<const double> sample_weight, bool fit_intercept);

}  // namespace elltwo
