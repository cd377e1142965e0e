#pragma once

#include <atomic>
#include <thread>

#include "parallel/interruption.hpp"

namespace elltwo {

/// Shares one monitor among the threads of a team. Only the thread that made the relay polls the
/// monitor; the others read whether that poll asked to stop.
class Relay {
 public:
  explicit Relay(Monitor& monitor) : monitor_(monitor) {}

  /// A monitor for one thread of the team, which counts units of the work as the shared one does.
  Monitor monitor() { return Monitor(&Relay::ask, this, monitor_.counts()); }
  /// The same without the units of the work.
  Monitor uncounted() { return Monitor(&Relay::ask, this); }
  /// Whether to stop. Polls the caller's monitor if this thread made the relay.
  bool should_stop() { return ask(this); }
  /// Throws Interrupted if should_stop(). Every member of the team that checks is interrupted, and
  /// run_team() rethrows it once all have returned. Not for teams that use barriers.
  void check() {
    if (should_stop()) throw Interrupted{};
  }
  /// Whether a poll has asked to stop.
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
