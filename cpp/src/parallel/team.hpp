#pragma once

#include <atomic>
#include <functional>

#include "elltwo/views.hpp"

namespace elltwo {

/// What a member of a running team sees. Rank 0 is the calling thread.
class TeamMember {
 public:
  TeamMember(int rank, int size, std::atomic<int>& arrived, std::atomic<int>& phase)
      : rank_(rank), size_(size), arrived_(arrived), phase_(phase) {}

  int rank() const { return rank_; }
  int size() const { return size_; }

  /// Returns once every member has called it; writes made before are visible after.
  void barrier();

 private:
  int rank_;
  int size_;
  std::atomic<int>& arrived_;
  std::atomic<int>& phase_;
};

/// Runs body on up to n_threads threads, the calling one among them, and returns when all are done.
/// Threads live for this call only: nothing is left to go wrong in a fork. Fewer are used where
/// the system refuses to start more. The first exception thrown by a member is rethrown; a body
/// that calls barrier() must not throw.
void run_team(int n_threads, const std::function<void(TeamMember&)>& body);

/// Hands out 0, 1, ..., count-1 to whoever asks next.
class TaskCounter {
 public:
  explicit TaskCounter(Index count) : count_(count) {}

  bool next(Index& task) {
    task = next_.fetch_add(1, std::memory_order_relaxed);
    return task < count_;
  }

 private:
  std::atomic<Index> next_{0};
  Index count_;
};

/// body(begin, end) for pieces of [0, n), long enough to be worth a thread each.
void run_over(Index n, int n_threads, const std::function<void(Index, Index)>& body);

}  // namespace elltwo
