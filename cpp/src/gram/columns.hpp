#pragma once

#include <vector>

#include "elltwo/monitor.hpp"
#include "kernels/source.hpp"

namespace elltwo {

/// Sums over rows of each of a source's columns: w x, w x^2, and the largest |x|.
struct ColumnSums {
  std::vector<double> sum;
  std::vector<double> squares;
  std::vector<double> largest;
};

/// One pass over the source, in double; weight may be null (ones). NaN and infinity in X show in the
/// sums. Bits do not depend on n_threads.
template <Real S>
ColumnSums column_sums(const Source<S>& source, const double* weight, int n_threads,
                       Monitor& monitor);

}  // namespace elltwo
