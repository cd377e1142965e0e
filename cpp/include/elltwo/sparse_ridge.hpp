#pragma once

#include "elltwo/ridge.hpp"

namespace elltwo {

/// ridge() for features in a sparse matrix; data.x is left empty. X is neither made dense nor
/// centred in memory. With conjugate gradients options.max_iter counts hundreds of iterations.
/// Throws std::invalid_argument, before any result is written, where the matrix is malformed.
template <Real T>
SolveInfo sparse_ridge(const SparseView<T>& x, const RidgeData<T>& data,
                       const RidgeOptions& options, Monitor& monitor, std::span<double> coef,
                       std::span<double> intercept);

/// sparse_ridge() without a monitor: it cannot be interrupted.
template <Real T>
SolveInfo sparse_ridge(const SparseView<T>& x, const RidgeData<T>& data,
                       const RidgeOptions& options, std::span<double> coef,
                       std::span<double> intercept) {
  Monitor nobody;
  return sparse_ridge(x, data, options, nobody, coef, intercept);
}

/// out(i, t) = x_i . coef_t + intercept_t, with coef targets x p and out n x targets, both
/// row-major. Throws std::invalid_argument where the matrix is malformed. False if the monitor
/// asked to stop.
template <Real T>
bool sparse_predict(const SparseView<T>& x, std::span<const double> coef,
                    std::span<const double> intercept, int n_threads, Monitor& monitor,
                    std::span<double> out);

/// sparse_predict() without a monitor: it cannot be interrupted.
template <Real T>
void sparse_predict(const SparseView<T>& x, std::span<const double> coef,
                    std::span<const double> intercept, int n_threads, std::span<double> out) {
  Monitor nobody;
  static_cast<void>(sparse_predict(x, coef, intercept, n_threads, nobody, out));
}

}  // namespace elltwo
