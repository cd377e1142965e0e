#include "parallel/row_blocks.hpp"

#include <algorithm>

#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index row_block_size = 64;  // rows of a block

}  // namespace

void over_row_blocks(Index n, double work, int n_threads, Monitor& monitor,
                     const std::function<void(Index chunk, Index k0, Index rows)>& visit) {
  const Index n_blocks = (n + row_block_size - 1) / row_block_size;
  TaskCounter chunks(row_block_chunks);
  Relay relay(monitor);
  run_team(threads_for(n_threads, work), [&](TeamMember&) {
    for (Index c = 0; chunks.next(c);) {
      const Index last = (c + 1) * n_blocks / row_block_chunks;
      for (Index b = c * n_blocks / row_block_chunks; b < last; ++b) {
        visit(c, b * row_block_size, std::min(row_block_size, n - b * row_block_size));
        relay.check();
      }
    }
  });
}

}  // namespace elltwo
