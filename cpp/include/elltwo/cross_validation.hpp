#pragma once

#include <cstdint>
#include <span>

#include "elltwo/ridge.hpp"

namespace elltwo {

/// Splits of rows into training and test sets, from groups of rows that no split tears apart:
/// row i belongs to group[i] in [0, n_groups), and split s trains on every row of group g
/// train[s * n_groups + g] times and is tested on it test[s * n_groups + g] times.
struct Splits {
  std::span<const std::int32_t> group;
  Index n_groups = 0;
  std::span<const double> train;
  std::span<const double> test;

  Index size() const { return n_groups > 0 ? static_cast<Index>(train.size()) / n_groups : 0; }
};

/// Cross-validation of ridge over a grid of penalties, from one Gram matrix per group of rows and one
/// decomposition per split. Writes
///   sse[(s * alphas + a) * targets + t] = sum over the test rows i of split s of
///       w_i (y_it - prediction for i of the fit to its training rows at alphas[a])^2
/// and weight[s] = sum of w over its test rows. data.alpha is ignored in favour of `alphas`.
/// Returns Status::interrupted if the monitor asked to stop.
template <Real T>
Status ridge_splits(const RidgeData<T>& data, std::span<const double> alphas, const Splits& splits,
                    const RidgeOptions& options, Monitor& monitor, std::span<double> sse,
                    std::span<double> weight);

}  // namespace elltwo
