#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace elltwo {

/// How far a call has come, in units such as alphas, folds or problems. Any thread may count.
struct WorkCounts {
  std::atomic<std::int64_t> done{0};
  std::atomic<std::int64_t> total{0};  ///< of what has been planned so far
};

/// Asks the caller whether to stop: from the thread that called the library alone, and at most
/// every 50 ms. A default-constructed monitor never stops anything. Units of the work are counted
/// for the caller if it wants them.
class Monitor {
 public:
  using StopRequested = bool (*)(void* context) noexcept;

  Monitor() = default;
  /// `counts` may be null.
  Monitor(StopRequested stop_requested, void* context, WorkCounts* counts = nullptr)
      : stop_requested_(stop_requested), context_(context), counts_(counts) {}

  /// So many units of the work are to come.
  void plan(std::int64_t units) noexcept {
    if (counts_ != nullptr) counts_->total.fetch_add(units, std::memory_order_relaxed);
  }
  /// So many of the planned units are done.
  void finish(std::int64_t units = 1) noexcept {
    if (counts_ != nullptr) counts_->done.fetch_add(units, std::memory_order_relaxed);
  }
  WorkCounts* counts() const noexcept { return counts_; }

  /// True once the caller has asked to stop, and from then on.
  bool should_stop() noexcept {
    if (stop_requested_ == nullptr || stopped_) return stopped_;
    const auto now = Clock::now();
    if (now - last_poll_ < std::chrono::milliseconds(50)) return false;
    last_poll_ = now;
    stopped_ = stop_requested_(context_);
    return stopped_;
  }

  bool stopped() const noexcept { return stopped_; }

 private:
  using Clock = std::chrono::steady_clock;
  StopRequested stop_requested_ = nullptr;
  void* context_ = nullptr;
  WorkCounts* counts_ = nullptr;
  Clock::time_point last_poll_ = Clock::now();
  bool stopped_ = false;
};

}  // namespace elltwo
