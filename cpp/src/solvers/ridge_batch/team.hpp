#pragma once

#include <algorithm>
#include <exception>
#include <mutex>
#include <vector>

#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {

/// Runs worker(begin, end, monitor) for chunks of problems 0, ..., count - 1 over a team, each member with
/// a worker of its own from make_worker(). False if it was stopped. What the earliest chunk throws is
/// rethrown: chunks are handed out in order and those that were are finished, so that it does not depend
/// on the threads.
template <class MakeWorker>
bool run_batch(Index count, Index chunk, int n_threads, Monitor& monitor, MakeWorker make_worker) {
  const Index n_chunks = (count + chunk - 1) / chunk;
  Relay relay(monitor);
  TaskCounter chunks(n_chunks);
  std::mutex lock;
  std::atomic<bool> failed{false};
  std::exception_ptr error;
  Index failed_chunk = n_chunks;
  run_team(static_cast<int>(std::min<Index>(n_threads, n_chunks)), [&](TeamMember&) {
    auto own_monitor = relay.monitor();
    auto worker = make_worker();
    for (Index c = 0; !failed.load(std::memory_order_relaxed) && chunks.next(c);) {
      if (relay.should_stop()) return;
      try {
        worker(c * chunk, std::min(count, (c + 1) * chunk), own_monitor);
      } catch (...) {
        const std::lock_guard guard(lock);
        failed.store(true, std::memory_order_relaxed);
        if (c < failed_chunk) error = std::current_exception();
        failed_chunk = std::min(failed_chunk, c);
      }
    }
  });
  if (error) std::rethrow_exception(error);
  return !relay.stopped();
}

}  // namespace elltwo
