#pragma once

#include <vector>

#include "elltwo/monitor.hpp"
#include "kernels/source.hpp"

namespace elltwo {

/// Sums over the rows of a source, one for each column.
struct ColumnSums {
  std::vector<double> sum;      ///< of w x
  std::vector<double> squares;  ///< of w x^2
  std::vector<double> largest;  ///< largest |x|, whatever w is
};

/// Computes the sums in double in one pass; weight may be null (ones). NaN and infinity in X make
/// sums NaN or infinite. Bits do not depend on n_threads. Throws Interrupted.
template <Real S>
ColumnSums column_sums(const Source<S>& source, const double* weight, int n_threads,
                       Monitor& monitor);

}  // namespace elltwo
