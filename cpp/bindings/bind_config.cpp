#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "elltwo/build_info.hpp"
#include "register.hpp"

namespace elltwo::python {
namespace py = pybind11;

void register_config(py::module_& module) {
  module.def("build_config", [] {
    const auto info = build_info();
    py::dict config;
    config["version"] = ELLTWO_VERSION;
    config["blas"] = info.blas;
    config["simd"] = info.simd;
    config["simd_available"] = info.simd_available;
    config["compiler"] = info.compiler;
    return config;
  });
}

}  // namespace elltwo::python
