#pragma once

#include <span>

#include "elltwo/box.hpp"
#include "elltwo/ridge.hpp"

namespace elltwo {

/// Ridge with coefficients in a box; the intercept has no bounds. options.max_iter counts sweeps of
/// coordinate descent, and options.solver says how the systems of the coefficients that lie within
/// their bounds are solved. A box without any finite bound gives ridge(). Throws
/// std::invalid_argument as ridge() does, where a lower bound exceeds the upper one, and where the
/// prior mean of a coefficient with an infinite penalty lies outside its bounds.
template <Real T>
SolveInfo ridge_bounded(const RidgeData<T>& data, const Box& box, const RidgeOptions& options,
                        Monitor& monitor, std::span<double> coef, std::span<double> intercept);

/// The same for features in a sparse matrix, see sparse_ridge(); data.x is left empty.
template <Real T>
SolveInfo sparse_ridge_bounded(const SparseView<T>& x, const RidgeData<T>& data, const Box& box,
                               const RidgeOptions& options, Monitor& monitor,
                               std::span<double> coef, std::span<double> intercept);

/// ridge_bounded() without a monitor: it cannot be interrupted.
template <Real T>
SolveInfo ridge_bounded(const RidgeData<T>& data, const Box& box, const RidgeOptions& options,
                        std::span<double> coef, std::span<double> intercept) {
  Monitor nobody;
  return ridge_bounded(data, box, options, nobody, coef, intercept);
}

/// sparse_ridge_bounded() without a monitor: it cannot be interrupted.
template <Real T>
SolveInfo sparse_ridge_bounded(const SparseView<T>& x, const RidgeData<T>& data, const Box& box,
                               const RidgeOptions& options, std::span<double> coef,
                               std::span<double> intercept) {
  Monitor nobody;
  return sparse_ridge_bounded(x, data, box, options, nobody, coef, intercept);
}

}  // namespace elltwo
