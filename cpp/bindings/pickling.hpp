#pragma once

#include <pybind11/pybind11.h>

#include <string>

namespace elltwo::python {

/// Makes objects of a bound class raise TypeError when they are pickled or copied. Python's default
/// would, below protocol 2, make an object without its C++ part, and pybind11 aborts on it.
template <typename Bound>
void refuse_pickling(Bound& bound) {
  bound.def("__reduce_ex__", [](const pybind11::object& self, int) -> pybind11::object {
    const auto name = pybind11::str(pybind11::type::of(self).attr("__qualname__"));
    throw pybind11::type_error("elltwo._core." + name.cast<std::string>() +
                               " can be neither pickled nor copied, the record that holds it can");
  });
}

}  // namespace elltwo::python
