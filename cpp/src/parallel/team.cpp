#include "parallel/team.hpp"

#include <algorithm>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace elltwo {
namespace {

constexpr int spins_before_sleep = 4000;

inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Spins for a few microseconds, then sleeps, so that threads without a core of their own get to
// run.
void wait_while_equal(std::atomic<int>& value, int old) {
  for (int i = 0; i < spins_before_sleep; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    relax();
  }
  while (value.load(std::memory_order_acquire) == old) value.wait(old, std::memory_order_acquire);
}

}  // namespace

void TeamMember::barrier() {
  if (size_ == 1) return;
  const int phase = phase_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == size_) {
    arrived_.store(0, std::memory_order_relaxed);
    phase_.fetch_add(1, std::memory_order_release);
    phase_.notify_all();
  } else {
    wait_while_equal(phase_, phase);
  }
}

void run_team(int n_threads, const std::function<void(TeamMember&)>& body) {
  std::atomic<int> arrived{0};
  std::atomic<int> phase{0};
  if (n_threads <= 1) {
    TeamMember alone(0, 1, arrived, phase);
    body(alone);
    return;
  }
  std::atomic<int> team_size{0};  // 0 until it is known how many threads could be started
  std::exception_ptr failure;
  std::mutex failure_lock;
  const auto work = [&](int rank) {
    try {
      TeamMember member(rank, team_size.load(std::memory_order_acquire), arrived, phase);
      body(member);
    } catch (...) {
      const std::lock_guard guard(failure_lock);
      if (!failure) failure = std::current_exception();
    }
  };
  std::vector<std::thread> threads;
  threads.reserve(n_threads - 1);
  try {
    for (int rank = 1; rank < n_threads; ++rank) {
      threads.emplace_back([&, rank] {
        wait_while_equal(team_size, 0);
        work(rank);
      });
    }
  } catch (const std::system_error&) {
    // The members started so far do all the work.
  }
  team_size.store(static_cast<int>(threads.size()) + 1, std::memory_order_release);
  team_size.notify_all();
  work(0);
  for (auto& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
}

void run_over(Index n, int n_threads, const std::function<void(Index, Index)>& body) {
  constexpr Index piece = 1 << 17;
  TaskCounter pieces((n + piece - 1) / piece);
  const auto threads = std::min<Index>(n_threads, (n + piece - 1) / piece);
  run_team(static_cast<int>(threads), [&](TeamMember&) {
    for (Index i = 0; pieces.next(i);) body(i * piece, std::min(n, (i + 1) * piece));
  });
}

}  // namespace elltwo
