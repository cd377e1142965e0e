#include <pybind11/pybind11.h>

#include "elltwo/c_api.h"
#include "register.hpp"

namespace elltwo::python {

// Static storage: a capsule of it needs no destructor.
void register_c_api(pybind11::module_& module) {
  module.attr("c_api") = pybind11::capsule(elltwo_get_api(), "elltwo.cython_api.c_api");
}

}  // namespace elltwo::python
