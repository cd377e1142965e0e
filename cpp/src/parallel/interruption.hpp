#pragma once

#include "elltwo/monitor.hpp"
#include "elltwo/solve_info.hpp"

namespace elltwo {

/// Thrown within the core where the monitor has asked to stop. Every public function catches it, by
/// completed(), status_of() or info_of(): it never leaves the library.
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

/// The status that f returns, or Status::interrupted.
template <class F>
[[nodiscard]] Status status_of(F&& f) {
  try {
    return f();
  } catch (const Interrupted&) {
    return Status::interrupted;
  }
}

/// What f returns about its fit, or where it was interrupted an info that says nothing else.
template <class F>
[[nodiscard]] SolveInfo info_of(F&& f) {
  try {
    return f();
  } catch (const Interrupted&) {
    return {.status = Status::interrupted};
  }
}

}  // namespace elltwo
