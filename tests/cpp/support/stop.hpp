#pragma once

#include <chrono>
#include <thread>

#include "elltwo/monitor.hpp"

namespace elltwo::test {

/// Asks to stop when it is polled for the `at`-th time. It must not be polled by other threads.
struct StopAt {
  int at = 1;
  int polls = 0;
  bool polled_elsewhere = false;
  std::thread::id home = std::this_thread::get_id();

  static bool poll(void* self) noexcept {
    auto& stop = *static_cast<StopAt*>(self);
    if (std::this_thread::get_id() != stop.home) stop.polled_elsewhere = true;
    return ++stop.polls >= stop.at;
  }

  Monitor monitor() { return {poll, this}; }

  /// A monitor that polls as soon as it is asked, because its 50 ms are over.
  Monitor impatient_monitor() {
    const Monitor fresh = monitor();
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    return fresh;
  }
};

}  // namespace elltwo::test
