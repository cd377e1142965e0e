#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "elltwo/logistic.hpp"
#include "elltwo/logistic_left_out.hpp"
#include "logistic_arguments.hpp"
#include "register.hpp"
#include "ridge_arguments.hpp"

namespace elltwo::python {
namespace {

void require_count(const char* name, std::span<const double> values, Index count) {
  if (static_cast<Index>(values.size()) == count) return;
  throw std::invalid_argument(std::string(name) + " must have " + std::to_string(count) +
                              " values, got " + std::to_string(values.size()));
}

py::tuple logistic_path_(const py::array& x, const py::tuple& problem, const py::tuple& options) {
  const LogisticArguments arguments(problem);
  const auto asked = logistic_options(options);
  return with_element_type(x, [&]<Real T>(T) {
    const auto data = arguments.data(matrix_view<T>(x));
    return arguments.fitted(
        data, [&](auto alpha, auto& monitor, auto from, auto coef, auto intercept) {
          return logistic_path(data, alpha, asked, monitor, from, coef, intercept);
        });
  });
}

py::tuple logistic_left_out_(const py::array& x, const py::tuple& problem, const py::object& coef,
                             const py::object& intercept, const py::tuple& options) {
  const LogisticArguments arguments(problem);
  const auto asked = logistic_options(options);
  return with_element_type(x, [&]<Real T>(T) {
    const auto data = arguments.data(matrix_view<T>(x));
    const auto alpha = optional_values("alphas", arguments.alphas);
    const auto b = optional_values("coef", coef);
    const auto b0 = optional_values("intercept", intercept);
    const auto n_alphas = static_cast<Index>(alpha.size());
    require_count("coef", b, n_alphas * data.n_outputs() * data.x.cols);
    require_count("intercept", b0, n_alphas * data.n_outputs());
    Array<double> predictor({n_alphas, data.x.rows, data.n_outputs()});
    const auto out = writable(predictor);
    LeftOutHessian hessian{};
    without_gil([&](Monitor& monitor) {
      return logistic_left_out(data, alpha, asked, monitor, b, b0, out, &hessian);
    });
    return py::make_tuple(predictor, hessian == LeftOutHessian::exact ? "exact" : "kronecker");
  });
}

py::tuple logistic_bounded_path_(const py::array& x, const py::tuple& bounds,
                                 const py::tuple& problem, const py::tuple& options) {
  const LogisticArguments arguments(problem);
  const auto asked = logistic_options(options);
  const auto box = box_of(bounds);
  return with_element_type(x, [&]<Real T>(T) {
    const auto data = arguments.data(matrix_view<T>(x));
    return arguments.fitted(
        data, [&](auto alpha, auto& monitor, auto from, auto coef, auto intercept) {
          return bounded_logistic_path(data, box, alpha, asked, monitor, from, coef, intercept);
        });
  });
}

}  // namespace

void register_logistic(py::module_& module) {
  py::class_<LogisticInfo, SolveInfo>(module, "LogisticInfo")
      .def_readonly("objective", &LogisticInfo::objective)
      .def_readonly("loss", &LogisticInfo::loss)
      .def_readonly("gap", &LogisticInfo::gap)
      .def_readonly("n_passes", &LogisticInfo::n_passes)
      .def_readonly("n_hessians", &LogisticInfo::n_hessians)
      .def_readonly("n_empty_classes", &LogisticInfo::n_empty_classes);
  module.def("logistic_path", &logistic_path_);
  module.def("logistic_left_out", &logistic_left_out_);
  module.def("logistic_bounded_path", &logistic_bounded_path_);
}

}  // namespace elltwo::python
