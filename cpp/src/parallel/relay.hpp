#pragma once

#include <atomic>
#include <thread>

#include "elltwo/monitor.hpp"

namespace elltwo {

/// Lets several threads of a team obey one monitor, which the thread that made the relay asks alone:
/// each works under a monitor of its own from here.
class Relay {
 public:
  explicit Relay(Monitor& monitor) : monitor_(monitor) {}

  Monitor monitor() { return Monitor(&Relay::ask, this); }
  /// Asks, if this is the thread that may.
  bool should_stop() { return ask(this); }
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
