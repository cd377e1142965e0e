#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <stdexcept>

#include "elltwo/batch.hpp"
#include "register.hpp"
#include "ridge_arguments.hpp"
#include "signal_poll.hpp"

namespace elltwo::python {
namespace {

// The first problem of an array of matrices, or a matrix that all share.
template <Real T>
MatrixView<T> first_matrix(const py::array& array) {
  const auto size = static_cast<Index>(sizeof(T));
  const auto d = array.ndim() - 2;
  return {static_cast<const T*>(array.data()), array.shape(d), array.shape(d + 1),
          array.strides(d) / size, array.strides(d + 1) / size};
}

template <Real T>
Index problem_stride(const py::array& array) {
  return array.ndim() == 3 ? array.strides(0) / static_cast<Index>(sizeof(T)) : 0;
}

std::span<const Index> places(const char* name, const py::object& object) {
  static_assert(sizeof(Index) == sizeof(std::int64_t));
  if (object.is_none()) return {};
  const auto array = py::reinterpret_borrow<py::array>(object);
  if (!py::isinstance<py::array_t<std::int64_t, 0>>(array) ||
      (array.flags() & py::array::c_style) == 0) {
    throw std::invalid_argument(std::string(name) + " must be a contiguous int64 array");
  }
  return {static_cast<const Index*>(array.data()), static_cast<std::size_t>(array.size())};
}

struct BatchArguments {
  py::array x;
  py::array y;
  py::object starts;
  py::object order;
  py::object alpha;
  py::object penalty_factors;
  py::object prior_mean;
  py::object sample_weight;

  // X and Y of shapes (batch, n, p) and (batch, n, t), or with `starts` (rows, p) and (rows, t).
  template <Real T>
  BatchData<T> data() const {
    const auto begin = places("starts", starts);
    if (!is_viewable<double>(y) || y.ndim() != (begin.empty() ? 3 : 2) || x.ndim() > 3 ||
        x.ndim() < 2) {
      throw std::invalid_argument("X and y must be aligned arrays of three or two dimensions");
    }
    return {.n_problems = begin.empty() ? y.shape(0) : static_cast<Index>(begin.size()) - 1,
            .x = first_matrix<T>(x),
            .x_stride = problem_stride<T>(x),
            .y = first_matrix<double>(y),
            .y_stride = problem_stride<double>(y),
            .starts = begin,
            .order = places("order", order),
            .alpha = optional_values("alpha", alpha),
            .penalty_factors = optional_values("penalty_factors", penalty_factors),
            .prior_mean = optional_values("prior_mean", prior_mean),
            .sample_weight = optional_values("sample_weight", sample_weight)};
  }
};

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
