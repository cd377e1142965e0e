#pragma once

#include <pybind11/pybind11.h>

#include <atomic>
#include <memory>
#include <utility>

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

/// The Python function that is told how far the calls of a thread have come.
class Listener {
 public:
  /// From now on calls of this thread tell `function`, or nobody if it is None.
  static void listen(const pybind11::object& function) {
    Py_XDECREF(std::exchange(here(), function.is_none() ? nullptr : function.inc_ref().ptr()));
  }

  /// Calls the function with the units that are done and planned. False if it raised, which stays
  /// set. Calls that the function makes tell nobody.
  static bool tell(const WorkCounts& counts) noexcept {
    PyObject* const function = std::exchange(here(), nullptr);
    if (function == nullptr) return true;
    PyObject* const result =
        PyObject_CallFunction(function, "LL", static_cast<long long>(counts.done.load()),
                              static_cast<long long>(counts.total.load()));
    Py_XDECREF(std::exchange(here(), function));
    Py_XDECREF(result);
    return result != nullptr;
  }

 private:
  static PyObject*& here() {
    static thread_local PyObject* function = nullptr;
    return function;
  }
};

/// Takes the GIL, tells the listener of this thread the counts, if `context` has them, and asks
/// Python whether a signal handler wants to raise (Ctrl-C), or this thread's flag whether it is
/// set. The exception, if any, stays set for the caller to throw.
inline bool signal_pending(void* context) noexcept {
  const pybind11::gil_scoped_acquire gil;
  if (context != nullptr && !Listener::tell(*static_cast<const WorkCounts*>(context))) return true;
  if (StopFlag::stops_this_thread()) {
    PyErr_SetNone(PyExc_KeyboardInterrupt);
    return true;
  }
  return PyErr_CheckSignals() != 0;
}

inline Monitor signal_monitor() { return Monitor(signal_pending, nullptr); }
inline Monitor signal_monitor(WorkCounts& counts) {
  return Monitor(signal_pending, &counts, &counts);
}

/// call(monitor), without the GIL, as one of the calls that share the threads of the process.
/// Throws what a signal handler or the listener raised in the meantime.
template <class Call>
auto without_gil(Call call) {
  WorkCounts counts;
  auto monitor = signal_monitor(counts);
  auto result = [&] {
    const pybind11::gil_scoped_release release;
    const CallInProgress counted;
    return call(monitor);
  }();
  if (monitor.stopped()) throw pybind11::error_already_set();
  return result;
}

}  // namespace elltwo::python
