#pragma once

#include "elltwo/monitor.hpp"

namespace elltwo {

/// Thrown within the core where the monitor has asked to stop. Public functions catch it by completed():
/// it never leaves the library.
struct Interrupted {};

/// Throws Interrupted if the monitor asks to stop.
inline void check(Monitor& monitor) {
  if (monitor.should_stop()) throw Interrupted{};
}

/// Calls f; false if it was interrupted.
template <class F>
[[nodiscard]] bool completed(F&& f) {
  try {
    f();
    return true;
  } catch (const Interrupted&) {
    return false;
  }
}

}  // namespace elltwo
