#pragma once

#include <algorithm>
#include <exception>
#include <mutex>
#include <vector>

#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {

/// Calls worker(begin, end, monitor) for chunks of problems 0, ..., count - 1 on a team of threads,
/// each with a worker of its own from make_worker(). If chunks throw, the exception of the first of
/// them is rethrown; since chunks are started in order and finished once started, it does not
/// depend on the number of threads. Throws Interrupted.
template <class MakeWorker>
void run_batch(Index count, Index chunk, int n_threads, Monitor& monitor, MakeWorker make_worker) {
  const Index n_chunks = (count + chunk - 1) / chunk;
  Relay relay(monitor);
  monitor.plan(count);
  TaskCounter chunks(n_chunks);
  std::mutex lock;
  std::atomic<bool> failed{false};
  std::exception_ptr error;
  Index failed_chunk = n_chunks;
  run_team(static_cast<int>(std::min<Index>(n_threads, n_chunks)), [&](TeamMember&) {
    auto own_monitor = relay.uncounted();
    auto worker = make_worker();
    for (Index c = 0; !failed.load(std::memory_order_relaxed) && chunks.next(c);) {
      if (relay.should_stop()) return;
      try {
        const Index end = std::min(count, (c + 1) * chunk);
        worker(c * chunk, end, own_monitor);
        monitor.finish(end - c * chunk);
      } catch (const Interrupted&) {
        return;
      } catch (...) {
        const std::lock_guard guard(lock);
        failed.store(true, std::memory_order_relaxed);
        if (c < failed_chunk) error = std::current_exception();
        failed_chunk = std::min(failed_chunk, c);
      }
    }
  });
  if (error) std::rethrow_exception(error);
  if (relay.stopped()) throw Interrupted{};
}

}  // namespace elltwo
