#pragma once

#include "elltwo/cross_validation.hpp"
#include "elltwo/ridge.hpp"

namespace elltwo {

/// A path of a sparse problem takes a decomposition, see RidgePath, up to so many features or samples,
/// whichever are fewer; beyond, conjugate gradients.
inline constexpr Index sparse_decomposition_limit = 6000;

inline bool has_decomposition(Index n_samples, Index n_features) {
  return n_samples <= sparse_decomposition_limit || n_features <= sparse_decomposition_limit;
}

/// Fits at every alpha by conjugate gradients, from the largest down, each begun at the solution of one
/// before: coef (alphas x targets x features), intercept (alphas x targets) and the relative KKT residual
/// of every alpha, see sparse_ridge. data.x is left empty and data.alpha ignored. Returns
/// Status::max_iter_reached if one is above options.tol.
template <Real T>
Status sparse_path(const SparseView<T>& x, const RidgeData<T>& data, std::span<const double> alphas,
                   const RidgeOptions& options, Monitor& monitor, std::span<double> coef,
                   std::span<double> intercept, std::span<double> optimality);

/// What the eigenvalues of a sparse problem, as RidgePath defines them but with what unpenalised features
/// explain, lie within.
struct SpectrumBounds {
  double largest = 0.0;  ///< by power iteration: to some per cent
  double sum = 0.0;
};

/// Returns Status::interrupted if the monitor asked to stop.
template <Real T>
Status sparse_spectrum(const SparseView<T>& x, const RidgeData<T>& data,
                       const RidgeOptions& options, Monitor& monitor, SpectrumBounds& out);

/// RidgeSplits::score() for sparse features; data.x is left empty. Where fits take conjugate gradients, the
/// largest of their relative KKT residuals is written to `optimality`, else 0.
template <Real T>
Status sparse_splits(const SparseView<T>& x, const RidgeData<double>& data,
                     std::span<const double> alphas, const Splits& splits,
                     const RidgeOptions& options, Monitor& monitor, std::span<double> sse,
                     std::span<double> weight, double& optimality);

}  // namespace elltwo
