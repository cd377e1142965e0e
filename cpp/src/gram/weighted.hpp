#pragma once

#include <vector>

#include "gram/gram.hpp"

namespace elltwo {

/// gram() of one source under many row scales (each of source.rows() values; the source has none of its own):
/// rows are read and packed once for all. Suits up to a few hundred columns. The result depends on the
/// shape alone, to the last bit, whatever n_threads is.
template <Real S, Real T>
std::vector<GramMatrix> weighted_grams(const Source<S>& source,
                                       const std::vector<const double*>& row_scales, int n_threads,
                                       Monitor& monitor);

}  // namespace elltwo
