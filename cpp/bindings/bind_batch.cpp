#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <stdexcept>

#include "batch_arguments.hpp"
#include "register.hpp"
#include "signal_poll.hpp"

namespace elltwo::python {
namespace {

template <Real T>
py::tuple fitted_batch(const BatchArguments& arguments, const RidgeOptions& options) {
  const auto data = arguments.data<T>();
  if (data.x_stride != 0 && arguments.x.shape(0) < data.n_problems) {
    throw std::invalid_argument("X must hold as many problems as y");
  }
  Array<double> coef({data.n_problems, data.y.cols, data.x.cols});
  Array<double> intercept({data.n_problems, data.y.cols});
  Array<double> optimality(data.n_problems);
  Array<double> rcond(data.n_problems);
  const BatchResults results{writable(coef), writable(intercept), writable(optimality),
                             writable(rcond)};
  auto monitor = signal_monitor();
  SolveInfo info;
  {
    const py::gil_scoped_release release;
    info = ridge_batch(data, options, monitor, results);
  }
  throw_if_interrupted(info.status);
  return py::make_tuple(coef, intercept, optimality, rcond, info);
}

py::tuple ridge_batch_(py::array x, py::array y, py::object starts, py::object order,
                       py::object alpha, py::object penalty_factors, py::object prior_mean,
                       py::object sample_weight, bool fit_intercept, bool penalize_intercept,
                       double tol, int n_threads) {
  const BatchArguments arguments{
      x, y, starts, order, alpha, penalty_factors, prior_mean, sample_weight};
  const RidgeOptions options{.fit_intercept = fit_intercept,
                             .penalize_intercept = penalize_intercept,
                             .solver = SolverChoice::automatic,
                             .tol = tol,
                             .n_threads = n_threads};
  if (is_viewable<double>(x)) return fitted_batch<double>(arguments, options);
  if (is_viewable<float>(x)) return fitted_batch<float>(arguments, options);
  throw std::invalid_argument("X must be an aligned float32 or float64 array");
}

}  // namespace

void register_batch(py::module_& module) { module.def("ridge_batch", &ridge_batch_); }

}  // namespace elltwo::python
