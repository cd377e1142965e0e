#pragma once

#include <functional>

#include "elltwo/monitor.hpp"
#include "kernels/source.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// Replaces f = A b of rows [k0, k0 + kc) (targets x kc, leading dimension ld) by z in place,
/// between the two products of a pass. Called from several threads on disjoint rows.
using RowMap = std::function<void(Index k0, Index kc, double* f, Index ld)>;

/// A^T z with z = map(A b), by one pass over the rows of A, the matrix that the source describes,
/// in double. b (`coef`) and the result are targets x source.cols(), row-major. Bits do not depend
/// on n_threads. Throws Interrupted.
template <Real S>
Buffer<double> stream_pass(const Source<S>& source, Index n_targets, const double* coef,
                           const RowMap& map, int n_threads, Monitor& monitor);

}  // namespace elltwo
