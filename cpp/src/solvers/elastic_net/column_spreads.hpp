#pragma once

#include <span>
#include <vector>

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

/// Sums over the rows of the scaled columns x_j = scale_j x_j.
struct ColumnSpreads {
  std::vector<double> mean;    ///< weighted; of zeros if they are not asked for
  std::vector<double> square;  ///< sum w (x - mean)^2
};

/// Means and spreads of columns whose rows are next to each other in memory: each column is read
/// twice while it is in the cache. Empty spans stand for ones; the means are zeros unless
/// `centred`. Bits do not depend on n_threads. Throws Interrupted.
template <Real T>
ColumnSpreads column_spreads(const MatrixView<T>& x, std::span<const double> scale,
                             std::span<const double> weight, bool centred, int n_threads,
                             Monitor& monitor);

}  // namespace elltwo
