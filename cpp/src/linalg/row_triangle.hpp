#pragma once

#include <functional>
#include <span>

#include "elltwo/monitor.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// Writes rows [k0, k0 + rows) of a matrix: column c of row k at out[c * ld + k].
using FillRows = std::function<void(Index k0, Index rows, double* out, Index ld)>;

/// [R | Q^T Y] (p x (p + t), column-major) of the n x (p + t) matrix [X | Y] with X = Q R, by
/// blocked Householder QR of chunks of rows on several threads. `rest`, unless it is empty, gets
/// |y - Q Q^T y|^2 of each column of Y. Bits do not depend on n_threads. Throws Interrupted.
Buffer<double> row_triangle(Index n, Index p, Index t, const FillRows& fill, int n_threads,
                            Monitor& monitor, std::span<double> rest = {});

}  // namespace elltwo
