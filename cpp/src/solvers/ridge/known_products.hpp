#pragma once

#include "elltwo/ridge.hpp"
#include "gram/moments.hpp"
#include "solvers/ridge/dual.hpp"

namespace elltwo {

/// What a solver may know of a problem's data already, at any penalty; null: nothing.
template <Real T>
struct KnownProducts {
  /// Scaled by nothing but what Problem scales weights by, with products formed in double; left as
  /// they were.
  ScaledMoments* moments = nullptr;
  DualRidge<T>* dual = nullptr;
  /// Of moments whose rows are gone; the data have shapes alone.
  const SumUnits* units = nullptr;
};

/// ridge() that need not take products again.
template <Real T>
SolveInfo ridge_from_products(const RidgeData<T>& data, KnownProducts<T> known,
                              const RidgeOptions& options, Monitor& monitor, std::span<double> coef,
                              std::span<double> intercept);

}  // namespace elltwo
