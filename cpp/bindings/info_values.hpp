#pragma once

#include <pybind11/pybind11.h>

namespace elltwo::python {

/// The `fallback` of a record, or None where it has none.
template <class Info>
pybind11::object fallback_of(const Info& info) {
  if (*info.fallback == '\0') return pybind11::none();
  return pybind11::str(info.fallback);
}

}  // namespace elltwo::python
