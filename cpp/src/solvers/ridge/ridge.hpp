#pragma once

#include "elltwo/ridge.hpp"
#include "gram/moments.hpp"
#include "solvers/ridge/dual_system.hpp"

namespace elltwo {

/// Products of a problem's data that are known already, at any penalty; null: not known.
template <Real T>
struct KnownProducts {
  /// Moments scaled by nothing but what Problem scales weights by, with products formed in double.
  const ScaledMoments* moments = nullptr;
  /// The dual system, whose kernel may be formed anew.
  DualSystem<T>* dual = nullptr;
  /// The units of moments whose rows are gone; the data have shapes alone.
  const SumUnits* units = nullptr;
};

/// ridge() from products that are known. Throws Interrupted.
template <Real T>
SolveInfo ridge_from_products(const RidgeData<T>& data, KnownProducts<T> known,
                              const RidgeOptions& options, Monitor& monitor, std::span<double> coef,
                              std::span<double> intercept);

}  // namespace elltwo
