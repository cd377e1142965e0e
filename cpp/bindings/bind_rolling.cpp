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

/// The first rows of the windows, where the first of the options is an array of them.
std::span<const Index> starts_in(const py::tuple& options) {
  return is_plain_array(options[0]) ? optional_integers<Index>("window", options[0])
                                    : std::span<const Index>{};
}

/// (window, half_life, min_periods, fit_intercept, skip_missing, n_threads).
RollingOptions rolling_options(const py::tuple& options) {
  require_size(options, 6, "options");
  return {.window = is_plain_array(options[0]) ? 0 : py::cast<Index>(options[0]),
          .half_life = py::cast<double>(options[1]),
          .min_periods = py::cast<Index>(options[2]),
          .fit_intercept = py::cast<bool>(options[3]),
          .skip_missing = py::cast<bool>(options[4]),
          .n_threads = py::cast<int>(options[5])};
}

py::tuple ridge_rolling_(const py::array& x, const py::array& y, double alpha,
                         const py::object& penalty_factors, const py::object& sample_weight,
                         const py::tuple& options, const py::object& out) {
  const RidgeArguments arguments(
      py::make_tuple(y, py::none(), penalty_factors, py::none(), sample_weight));
  const auto asked = rolling_options(options);
  return with_element_type(x, [&]<Real T>(T) {
    const auto data = arguments.data<T>(matrix_view<T>(x));
    const RollingData<T> rolling{.x = data.x,
                                 .y = data.y,
                                 .alpha = alpha,
                                 .penalty_factors = data.penalty_factors,
                                 .sample_weight = data.sample_weight,
                                 .starts = starts_in(options)};
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
    const SolveInfo info = without_gil(
        [&](Monitor& monitor) { return ridge_rolling(rolling, asked, monitor, results); });
    return py::make_tuple(coef, intercept, prediction, variance, n_rows, info);
  });
}

}  // namespace

void register_rolling(py::module_& module) { module.def("ridge_rolling", &ridge_rolling_); }

}  // namespace elltwo::python
