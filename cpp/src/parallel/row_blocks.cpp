#include "parallel/row_blocks.hpp"

#include <algorithm>
#include <atomic>

#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index block_rows = 64;

}  // namespace

bool over_row_blocks(Index n, double work, int n_threads, Monitor& monitor,
                     const std::function<void(Index chunk, Index k0, Index rows)>& visit) {
  const Index n_blocks = (n + block_rows - 1) / block_rows;
  TaskCounter chunks(row_block_chunks);
  std::atomic<bool> stop{false};
  run_team(threads_for(n_threads, work), [&](TeamMember& member) {
    for (Index c = 0; chunks.next(c) && !stop;) {
      const Index last = (c + 1) * n_blocks / row_block_chunks;
      for (Index b = c * n_blocks / row_block_chunks; b < last && !stop; ++b) {
        visit(c, b * block_rows, std::min(block_rows, n - b * block_rows));
        if (member.rank() == 0 && monitor.should_stop()) stop = true;
      }
    }
  });
  return !stop;
}

}  // namespace elltwo
