#pragma once

#include <vector>

#include "gram/gram.hpp"

namespace elltwo {

/// gram() of one source with each of several row scales (source.rows() values each; the source
/// itself has none). Rows are read and packed once for all scales. For up to a few hundred columns.
/// Bits do not depend on n_threads. Throws Interrupted.
template <Real S, Real T>
std::vector<GramMatrix> weighted_grams(const Source<S>& source,
                                       const std::vector<const double*>& row_scales, int n_threads,
                                       Monitor& monitor);

}  // namespace elltwo
