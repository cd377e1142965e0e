#include "parallel/row_blocks.hpp"

#include <algorithm>

#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index block_rows = 64;

}  // namespace

void over_row_blocks(Index n, double work, int n_threads, Monitor& monitor,
                     const std::function<void(Index chunk, Index k0, Index rows)>& visit) {
  const Index n_blocks = (n + block_rows - 1) / block_rows;
  TaskCounter chunks(row_block_chunks);
  Relay relay(monitor);
  run_team(threads_for(n_threads, work), [&](TeamMember&) {
    for (Index c = 0; chunks.next(c);) {
      const Index last = (c + 1) * n_blocks / row_block_chunks;
      for (Index b = c * n_blocks / row_block_chunks; b < last; ++b) {
        visit(c, b * block_rows, std::min(block_rows, n - b * block_rows));
        relay.check();
      }
    }
  });
}

}  // namespace elltwo
