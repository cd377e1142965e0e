#pragma once

#include <chrono>

namespace elltwo {

/// Asks the caller whether to stop: from the thread that called the library alone, and at most
/// every 50 ms. A default-constructed monitor never stops anything.
class Monitor {
 public:
  using StopRequested = bool (*)(void* context) noexcept;

  Monitor() = default;
  Monitor(StopRequested stop_requested, void* context)
      : stop_requested_(stop_requested), context_(context) {}

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
  Clock::time_point last_poll_ = Clock::now();
  bool stopped_ = false;
};

}  // namespace elltwo
