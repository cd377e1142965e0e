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

}  // namespace elltwo::python
