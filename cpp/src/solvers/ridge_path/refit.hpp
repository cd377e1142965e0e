#pragma once

#include <span>

#include "elltwo/ridge.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// Fits one target at each of some alphas by ridge(), or sparse_ridge() if data.x is empty and
/// `sparse` is in its place: coef (alphas x features), intercept (alphas).
template <Real T>
void refit_target(const RidgeData<T>& data, const SparseRows<T>* sparse, Index target,
                  std::span<const double> alphas, const RidgeOptions& options, Monitor& monitor,
                  std::span<double> coef, std::span<double> intercept);

/// Whether the path of a problem with many solutions at alpha = 0 tends to a solution other than
/// that of ridge(): the shortest one in the norm of the factors, a penalised intercept included,
/// not in the user's units.
template <Real T>
bool limit_differs(const RidgeData<T>& data, const RidgeOptions& options);

}  // namespace elltwo
