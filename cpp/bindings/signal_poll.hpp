#pragma once

#include <pybind11/pybind11.h>

#include "elltwo/monitor.hpp"

namespace elltwo::python {

/// Takes the GIL and asks Python whether a signal handler wants to raise (Ctrl-C). The exception,
/// if any, stays set for the caller to throw.
inline bool signal_pending(void*) noexcept {
  const pybind11::gil_scoped_acquire gil;
  return PyErr_CheckSignals() != 0;
}

inline Monitor signal_monitor() { return Monitor(signal_pending, nullptr); }

/// call(monitor), without the GIL. Throws what a signal handler raised in the meantime.
template <class Call>
auto without_gil(Call call) {
  auto monitor = signal_monitor();
  auto result = [&] {
    const pybind11::gil_scoped_release release;
    return call(monitor);
  }();
  if (monitor.stopped()) throw pybind11::error_already_set();
  return result;
}

}  // namespace elltwo::python
