#pragma once

#include <functional>

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

/// The number of chunks into which over_row_blocks() divides rows.
inline constexpr Index row_block_chunks = 32;

/// Calls visit(chunk, k0, rows) for short blocks of the rows [0, n), on several threads. The blocks
/// of a chunk are visited in order and by one thread, so that sums for each chunk do not depend on
/// n_threads. `work` is the number of operations of all visits. Throws Interrupted.
void over_row_blocks(Index n, double work, int n_threads, Monitor& monitor,
                     const std::function<void(Index chunk, Index k0, Index rows)>& visit);

}  // namespace elltwo
