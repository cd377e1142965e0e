#pragma once

#include <functional>

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

inline constexpr Index row_block_chunks = 32;

/// Visits the rows [0, n) in short blocks, on several threads: visit(chunk, k0, rows). The blocks of a
/// chunk come in order and from one thread, so that sums per chunk do not depend on the threads.
void over_row_blocks(Index n, double work, int n_threads, Monitor& monitor,
                     const std::function<void(Index chunk, Index k0, Index rows)>& visit);

}  // namespace elltwo
