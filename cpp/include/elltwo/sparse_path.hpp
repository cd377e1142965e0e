#pragma once

#include "elltwo/cross_validation.hpp"
#include "elltwo/ridge.hpp"

namespace elltwo {

/// The largest number of features or of samples, whichever are fewer, up to which a path of a
/// sparse problem uses a decomposition, see RidgePath; beyond, it uses conjugate gradients.
inline constexpr Index sparse_decomposition_limit = 6000;

inline bool has_decomposition(Index n_samples, Index n_features) {
  return n_samples <= sparse_decomposition_limit || n_features <= sparse_decomposition_limit;
}

/// Fits at every alpha by conjugate gradients, from the largest down, each starting from the
/// solution before. Writes coef (alphas x targets x features), intercept (alphas x targets) and the
/// relative KKT residual of every alpha, see sparse_ridge(). data.x is left empty and data.alpha is
/// ignored. Returns Status::max_iter_reached if a residual is above options.tol.
template <Real T>
Status sparse_path(const SparseView<T>& x, const RidgeData<T>& data, std::span<const double> alphas,
                   const RidgeOptions& options, Monitor& monitor, std::span<double> coef,
                   std::span<double> intercept, std::span<double> optimality);

/// Bounds of the eigenvalues of a sparse problem. They are those of RidgePath::eigenvalues(),
/// except that the part explained by unpenalised features is not removed.
struct SpectrumBounds {
  double largest = 0.0;  ///< largest eigenvalue by power iteration, to a few per cent
  double sum = 0.0;      ///< sum of all eigenvalues
};

/// Computes these bounds. Returns Status::interrupted if the monitor asked to stop.
template <Real T>
Status sparse_spectrum(const SparseView<T>& x, const RidgeData<T>& data,
                       const RidgeOptions& options, Monitor& monitor, SpectrumBounds& out);

/// RidgeSplits::score() for features in a sparse matrix; data.x is left empty. `optimality` becomes
/// the largest relative KKT residual of the fits by conjugate gradients, 0 if there are none.
template <Real T>
Status sparse_splits(const SparseView<T>& x, const RidgeData<double>& data,
                     std::span<const double> alphas, const Splits& splits,
                     const RidgeOptions& options, Monitor& monitor, std::span<double> sse,
                     std::span<double> weight, double& optimality);

}  // namespace elltwo
