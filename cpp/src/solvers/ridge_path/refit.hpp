#pragma once

#include <span>

#include "elltwo/ridge.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// A problem whose targets are fitted one by one.
template <Real T>
struct RefitProblem {
  const RidgeData<T>& data;
  const SparseRows<T>* sparse;  ///< the features where data.x is empty, else null
  const RidgeOptions& options;
  Monitor& monitor;
};

/// Fits one target at each of some alphas by ridge() or sparse_ridge(): coef (alphas x features),
/// intercept (alphas).
template <Real T>
void refit_target(const RefitProblem<T>& problem, Index target, std::span<const double> alphas,
                  std::span<double> coef, std::span<double> intercept);

}  // namespace elltwo
