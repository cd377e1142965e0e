#include <pybind11/pybind11.h>

#include "elltwo/threads.hpp"
#include "pickling.hpp"
#include "register.hpp"
#include "signal_poll.hpp"

// threadpoolctl finds the module by these names (elltwo.functional._base.threadpools).
extern "C" {
__attribute__((visibility("default"))) int elltwo_get_num_threads() {
  return elltwo::num_threads();
}
__attribute__((visibility("default"))) void elltwo_limit_threads(int n) {
  elltwo::set_thread_limit(n);
}
}

namespace elltwo::python {

void register_threads(pybind11::module_& module) {
  pybind11::class_<StopFlag> flag(module, "StopFlag");
  refuse_pickling(flag);
  flag.def(pybind11::init<>())
      .def("set", &StopFlag::set)
      .def("is_set", &StopFlag::is_set)
      .def("watch", &StopFlag::watch);
  module.def("listen", Listener::listen, pybind11::arg().none(true));
  module.def("thread_share", thread_share);
  module.def("num_threads", num_threads);
  module.def("set_num_threads", set_num_threads);
  module.def("num_threads_is_set", num_threads_is_set);
  module.def("thread_limit", thread_limit);
}

}  // namespace elltwo::python
