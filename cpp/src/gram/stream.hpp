#pragma once

#include <functional>

#include "elltwo/monitor.hpp"
#include "kernels/source.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// What happens between the two products of a pass: turns f = A b (targets x kc, leading dimension
/// ld) for rows [k0, k0 + kc) into z in place. Called from several threads on disjoint rows.
using RowMap = std::function<void(Index k0, Index kc, double* f, Index ld)>;

/// One pass over the rows of A (the source's packed matrix, in double): with f = A b it forms
/// z = map(f) and returns A^T z. `coef` and the result are targets x source.cols(), row-major.
/// Bits do not depend on n_threads.
template <Real S>
Buffer<double> stream_pass(const Source<S>& source, Index n_targets, const double* coef,
                           const RowMap& map, int n_threads, Monitor& monitor);

}  // namespace elltwo
