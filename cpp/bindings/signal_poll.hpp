#pragma once

#include <pybind11/pybind11.h>

#include <atomic>
#include <memory>

#include "elltwo/monitor.hpp"
#include "elltwo/threads.hpp"

namespace elltwo::python {

/// What stops the calls of other threads than the main one, to which Python reports no signals.
class StopFlag {
 public:
  void set() { flag_->store(true); }
  bool is_set() const { return flag_->load(); }
  /// From now on calls of this thread end with KeyboardInterrupt once the flag is set.
  void watch() const { watched() = flag_; }

  static bool stops_this_thread() { return watched() != nullptr && watched()->load(); }

 private:
  using Flag = std::shared_ptr<std::atomic<bool>>;
  static Flag& watched() {
    static thread_local Flag flag;
    return flag;
  }

  Flag flag_ = std::make_shared<std::atomic<bool>>(false);
};

/// Takes the GIL and asks Python whether a signal handler wants to raise (Ctrl-C), or this thread's
/// flag whether it is set. The exception, if any, stays set for the caller to throw.
inline bool signal_pending(void*) noexcept {
  const pybind11::gil_scoped_acquire gil;
  if (StopFlag::stops_this_thread()) {
    PyErr_SetNone(PyExc_KeyboardInterrupt);
    return true;
  }
  return PyErr_CheckSignals() != 0;
}

inline Monitor signal_monitor() { return Monitor(signal_pending, nullptr); }

/// call(monitor), without the GIL, as one of the calls that share the threads of the process.
/// Throws
/// what a signal handler raised in the meantime.
template <class Call>
auto without_gil(Call call) {
  auto monitor = signal_monitor();
  auto result = [&] {
    const pybind11::gil_scoped_release release;
    const CallInProgress counted;
    return call(monitor);
  }();
  if (monitor.stopped()) throw pybind11::error_already_set();
  return result;
}

}  // namespace elltwo::python
