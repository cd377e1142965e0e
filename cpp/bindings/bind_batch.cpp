#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include "batch_arguments.hpp"
#include "register.hpp"
#include "signal_poll.hpp"

namespace elltwo::python {
namespace {

template <Real T>
py::tuple fitted_batch(const BatchArguments& arguments, const RidgeOptions& options) {
  const auto data = arguments.data<T>();
  Array<double> coef({data.n_problems, data.y.cols, data.x.cols});
  Array<double> intercept({data.n_problems, data.y.cols});
  Array<double> optimality(data.n_problems);
  Array<double> rcond(data.n_problems);
  const BatchResults results{writable(coef), writable(intercept), writable(optimality),
                             writable(rcond)};
  const SolveInfo info =
      without_gil([&](Monitor& monitor) { return ridge_batch(data, options, monitor, results); });
  return py::make_tuple(coef, intercept, optimality, rcond, info);
}

py::tuple ridge_batch_(const py::array& x, const py::tuple& problem, const py::object& starts,
                       const py::object& order, const py::tuple& options) {
  const BatchArguments arguments{x, RidgeArguments(problem), starts, order};
  const auto asked = batch_options(options);
  return arguments.with_element_type([&]<Real T>(T) { return fitted_batch<T>(arguments, asked); });
}

}  // namespace

void register_batch(py::module_& module) { module.def("ridge_batch", &ridge_batch_); }

}  // namespace elltwo::python
