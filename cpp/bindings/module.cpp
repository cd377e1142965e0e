#include <pybind11/pybind11.h>

#include "elltwo/build_info.hpp"
#include "register.hpp"

// Every entry point is re-entrant; the number of threads is the only mutable global state.
PYBIND11_MODULE(_core, module, pybind11::mod_gil_not_used()) {
  elltwo::initialize();
  module.doc() = "The compiled core of elltwo. Use the functions of the package instead.";
  elltwo::python::register_solve_info(module);
  elltwo::python::register_ridge(module);
  elltwo::python::register_ridge_small(module);
  elltwo::python::register_batch(module);
  elltwo::python::register_batch_adjoint(module);
  elltwo::python::register_batch_choice(module);
  elltwo::python::register_grouping(module);
  elltwo::python::register_splits(module);
  elltwo::python::register_moments(module);
  elltwo::python::register_path(module);
  elltwo::python::register_rolling(module);
  elltwo::python::register_sparse(module);
  elltwo::python::register_logistic(module);
  elltwo::python::register_logistic_sparse(module);
  elltwo::python::register_logistic_l1(module);
  elltwo::python::register_logistic_pass(module);
  elltwo::python::register_elastic_net(module);
  elltwo::python::register_elastic_net_batch(module);
  elltwo::python::register_network(module);
  elltwo::python::register_config(module);
  elltwo::python::register_threads(module);
  elltwo::python::register_c_api(module);
}
