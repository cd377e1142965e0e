#pragma once

#include <pybind11/pybind11.h>

namespace elltwo::python {

void register_solve_info(pybind11::module_& module);
void register_ridge(pybind11::module_& module);
void register_splits(pybind11::module_& module);
void register_path(pybind11::module_& module);
void register_rolling(pybind11::module_& module);
void register_moments(pybind11::module_& module);
void register_ridge_small(pybind11::module_& module);
void register_batch(pybind11::module_& module);
void register_batch_adjoint(pybind11::module_& module);
void register_batch_choice(pybind11::module_& module);
void register_grouping(pybind11::module_& module);
void register_sparse(pybind11::module_& module);
void register_logistic(pybind11::module_& module);
void register_logistic_sparse(pybind11::module_& module);
void register_logistic_l1(pybind11::module_& module);
void register_logistic_pass(pybind11::module_& module);
void register_elastic_net(pybind11::module_& module);
void register_elastic_net_batch(pybind11::module_& module);
void register_network(pybind11::module_& module);
void register_config(pybind11::module_& module);
void register_threads(pybind11::module_& module);
void register_c_api(pybind11::module_& module);

}  // namespace elltwo::python
