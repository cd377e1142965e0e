#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include "elltwo/rolling.hpp"
#include "ridge_arguments.hpp"
#include "signal_poll.hpp"

namespace elltwo::python {
namespace {

/// Where the caller wants coefficients, or a new array.
Array<double> coefficients(const py::object& out, Index n, Index targets, Index features) {
  if (out.is_none()) return Array<double>({n, targets, features});
  const auto array = py::reinterpret_borrow<py::array>(out);
  if (!is_viewable<double>(array) || (array.flags() & py::array::c_style) == 0 ||
      !array.writeable() || array.size() != n * targets * features) {
    throw std::invalid_argument("out must be a writable C-contiguous float64 array");
  }
  return py::reinterpret_borrow<Array<double>>(out);
}

py::tuple ridge_rolling_(const py::array& x, const py::array& y, double alpha,
                         const py::object& penalty_factors, const py::object& sample_weight,
                         Index window, double half_life, Index min_periods, bool fit_intercept,
                         bool skip_missing, int n_threads, const py::object& out) {
  const RidgeArguments arguments{y, py::none(), penalty_factors, py::none(), sample_weight};
  return with_element_type(x, [&]<Real T>(T) {
    const auto data = arguments.data<T>(matrix_view<T>(x));
    const RollingData<T> rolling{.x = data.x,
                                 .y = data.y,
                                 .alpha = alpha,
                                 .penalty_factors = data.penalty_factors,
                                 .sample_weight = data.sample_weight};
    const RollingOptions options{.window = window,
                                 .half_life = half_life,
                                 .min_periods = min_periods,
                                 .fit_intercept = fit_intercept,
                                 .skip_missing = skip_missing,
                                 .n_threads = n_threads};
    const Index n = data.x.rows;
    const Index targets = data.y.cols;
    auto coef = coefficients(out, n, targets, data.x.cols);
    Array<double> intercept({n, targets});
    Array<double> prediction({n, targets});
    Array<double> variance({n, targets});
    py::array_t<std::int64_t> n_rows(n);
    const RollingResults results{
        .coef = writable(coef),
        .intercept = writable(intercept),
        .prediction = writable(prediction),
        .residual_variance = writable(variance),
        .n_rows = {n_rows.mutable_data(), static_cast<std::size_t>(n_rows.size())}};
    auto monitor = signal_monitor();
    SolveInfo info;
    {
      const py::gil_scoped_release release;
      info = ridge_rolling(rolling, options, monitor, results);
    }
    throw_if_interrupted(info.status);
    return py::make_tuple(coef, intercept, prediction, variance, n_rows, info);
  });
}

}  // namespace

void register_rolling(py::module_& module) { module.def("ridge_rolling", &ridge_rolling_); }

}  // namespace elltwo::python
