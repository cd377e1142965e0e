#pragma once

#include <atomic>
#include <functional>

#include "elltwo/views.hpp"

namespace elltwo {

/// A member of a running team. Rank 0 is the calling thread.
class TeamMember {
 public:
  TeamMember(int rank, int size, std::atomic<int>& arrived, std::atomic<int>& phase)
      : rank_(rank), size_(size), arrived_(arrived), phase_(phase) {}

  int rank() const { return rank_; }
  int size() const { return size_; }

  /// Returns once every member has called it. Writes before it are visible to all members after it.
  void barrier();

 private:
  int rank_;
  int size_;
  std::atomic<int>& arrived_;
  std::atomic<int>& phase_;
};

/// Runs body on up to n_threads threads, one of which is the calling thread, and returns when all
/// are done. Threads live for this call only, so that a fork finds none. There are fewer threads
/// where the system refuses to start more. The first exception of a member is rethrown; a body that
/// calls barrier() must not throw.
void run_team(int n_threads, const std::function<void(TeamMember&)>& body);

/// Distributes the tasks 0, 1, ..., count - 1 among threads in order.
class TaskCounter {
 public:
  explicit TaskCounter(Index count) : count_(count) {}

  /// The next task; false if none is left.
  bool next(Index& task) {
    task = next_.fetch_add(1, std::memory_order_relaxed);
    return task < count_;
  }

 private:
  std::atomic<Index> next_{0};
  Index count_;
};

/// Calls body(begin, end) for pieces of [0, n) of 2^17 elements, on several threads.
void run_over(Index n, int n_threads, const std::function<void(Index, Index)>& body);

}  // namespace elltwo
