#pragma once

#include <functional>

#include "elltwo/monitor.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// Writes rows [k0, k0 + rows) of a matrix: column c of row k at out[c * ld + k].
using FillRows = std::function<void(Index k0, Index rows, double* out, Index ld)>;

/// R and Q^T Y of the n x (p + t) matrix [X | Y] by blocked Householder QR over row chunks, on several
/// threads: p x (p + t), column-major. The result depends on the shape alone.
Buffer<double> row_triangle(Index n, Index p, Index t, const FillRows& fill, int n_threads,
                            Monitor& monitor);

}  // namespace elltwo
