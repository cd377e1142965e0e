#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <span>

#include "batch_arguments.hpp"
#include "elltwo/elastic_net_batch.hpp"
#include "info_values.hpp"
#include "pickling.hpp"
#include "register.hpp"
#include "signal_poll.hpp"

namespace elltwo::python {
namespace {

/// l1_ratio and (fit_intercept, tol, max_iter, n_threads).
ElasticNetOptions net_batch_options(double l1_ratio, const py::tuple& options) {
  require_size(options, 4, "options");
  return {.l1_ratio = l1_ratio,
          .fit_intercept = py::cast<bool>(options[0]),
          .tol = py::cast<double>(options[1]),
          .max_iter = py::cast<int>(options[2]),
          .n_threads = py::cast<int>(options[3])};
}

// (coef, intercept, gap, violation, n_active, info).
template <Real T>
py::tuple fitted_nets(const BatchArguments& arguments, const Box& box,
                      const ElasticNetOptions& options) {
  const auto data = arguments.data<T>();
  Array<double> coef({data.n_problems, data.y.cols, data.x.cols});
  Array<double> intercept({data.n_problems, data.y.cols});
  Array<double> gap(data.n_problems), violation(data.n_problems);
  py::array_t<std::int64_t> n_active(data.n_problems);
  const std::span counts(n_active.mutable_data(), static_cast<std::size_t>(n_active.size()));
  const ElasticNetBatchResults results{writable(coef), writable(intercept), writable(gap),
                                       writable(violation), counts};
  const auto info = without_gil(
      [&](Monitor& monitor) { return elastic_net_batch(data, box, options, monitor, results); });
  return py::make_tuple(coef, intercept, gap, violation, n_active, info);
}

py::tuple elastic_net_batch_(const py::array& x, const py::tuple& bounds, const py::tuple& problem,
                             const py::object& starts, const py::object& order, double l1_ratio,
                             const py::tuple& options) {
  const BatchArguments arguments{x, RidgeArguments(problem), starts, order};
  const auto asked = net_batch_options(l1_ratio, options);
  const auto box = box_of(bounds);
  return arguments.with_element_type(
      [&]<Real T>(T) { return fitted_nets<T>(arguments, box, asked); });
}

}  // namespace

void register_elastic_net_batch(py::module_& module) {
  using Info = ElasticNetBatchInfo;
  py::class_<Info> info(module, "ElasticNetBatchInfo");
  refuse_pickling(info);
  info.def_property_readonly("status", [](const Info& i) { return to_string(i.status); })
      .def_property_readonly("solver", [](const Info& i) { return to_string(i.solver); })
      .def_readonly("reason", &Info::reason)
      .def_property_readonly("fallback", &fallback_of<Info>)
      .def_readonly("gap", &Info::gap)
      .def_readonly("violation", &Info::violation)
      .def_readonly("tolerance", &Info::tolerance)
      .def_readonly("objective", &Info::objective)
      .def_readonly("null_objective", &Info::null_objective)
      .def_readonly("alpha_max", &Info::alpha_max)
      .def_readonly("n_active", &Info::n_active)
      .def_readonly("n_iter", &Info::n_iter)
      .def_readonly("n_passes", &Info::n_passes)
      .def_readonly("n_ever", &Info::n_ever)
      .def_readonly("n_exchanges", &Info::n_exchanges)
      .def_readonly("n_monotone", &Info::n_monotone)
      .def_readonly("worst", &Info::worst)
      .def_readonly("n_threads", &Info::n_threads);
  module.def("elastic_net_batch", &elastic_net_batch_);
}

}  // namespace elltwo::python
