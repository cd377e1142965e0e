#pragma once

#include <span>

#include "elltwo/ridge.hpp"

namespace elltwo {

/// Bounds lower_j <= b_j <= upper_j of the coefficients, the same for every target; either may be
/// infinite. An empty span: none.
struct Box {
  std::span<const double> lower;
  std::span<const double> upper;
};

/// Ridge with coefficients in a box; the intercept has no bounds. options.max_iter counts sweeps of
/// coordinate descent, and options.solver is how systems of free coefficients are solved. A box without
/// any finite bound is ridge(). Throws std::invalid_argument as ridge() does, where a lower bound is
/// above the upper one, and where a pinned coefficient's prior mean is out of bounds.
template <Real T>
SolveInfo ridge_bounded(const RidgeData<T>& data, const Box& box, const RidgeOptions& options,
                        Monitor& monitor, std::span<double> coef, std::span<double> intercept);

/// The same for the features in a sparse matrix, see sparse_ridge(); `data.x` is left empty.
template <Real T>
SolveInfo sparse_ridge_bounded(const SparseView<T>& x, const RidgeData<T>& data, const Box& box,
                               const RidgeOptions& options, Monitor& monitor,
                               std::span<double> coef, std::span<double> intercept);

}  // namespace elltwo
