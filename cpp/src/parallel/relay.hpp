#pragma once

#include <atomic>
#include <thread>

#include "parallel/interruption.hpp"

namespace elltwo {

/// Lets the threads of a team obey one monitor, which only the thread that made the relay asks: the
/// others see whether it was told to stop.
class Relay {
 public:
  explicit Relay(Monitor& monitor) : monitor_(monitor) {}

  /// A monitor that one thread of the team may use.
  Monitor monitor() { return Monitor(&Relay::ask, this); }
  /// Whether to stop. Asks the caller's monitor if this thread may.
  bool should_stop() { return ask(this); }
  /// Throws Interrupted if should_stop(). Every member of the team that checks is interrupted, and
  /// run_team passes it on once all have returned. Not for a team that meets at barriers.
  void check() {
    if (should_stop()) throw Interrupted{};
  }
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

 private:
  static bool ask(void* relay) noexcept {
    auto& self = *static_cast<Relay*>(relay);
    if (std::this_thread::get_id() == self.owner_ && self.monitor_.should_stop()) {
      self.stopped_.store(true, std::memory_order_relaxed);
    }
    return self.stopped();
  }

  Monitor& monitor_;
  std::thread::id owner_ = std::this_thread::get_id();
  std::atomic<bool> stopped_{false};
};

}  // namespace elltwo
