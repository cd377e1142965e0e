#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "elltwo/logistic.hpp"
#include "logistic_arguments.hpp"
#include "register.hpp"
#include "ridge_arguments.hpp"

namespace elltwo::python {
namespace {

py::tuple logistic_path_(py::array x, py::array label, Index n_classes, py::array alphas,
                         py::object penalty_factors, py::object prior_mean,
                         py::object sample_weight, py::object offset, py::object rows,
                         py::object start, bool fit_intercept, const std::string& solver,
                         double tol, int max_iter, int n_threads) {
  const LogisticArguments arguments{
      label, n_classes, alphas, penalty_factors, prior_mean, sample_weight, offset, rows, start};
  const LogisticOptions options{.fit_intercept = fit_intercept,
                                .solver = logistic_solver(solver),
                                .tol = tol,
                                .max_iter = max_iter,
                                .n_threads = n_threads};
  return with_element_type(x, [&]<Real T>(T) {
    const auto data = arguments.data(matrix_view<T>(x));
    return arguments.fitted(
        data, [&](auto alpha, auto& monitor, auto from, auto coef, auto intercept) {
          return logistic_path(data, alpha, options, monitor, from, coef, intercept);
        });
  });
}

py::tuple logistic_bounded_path_(py::array x, py::object lower, py::object upper, py::array label,
                                 Index n_classes, py::array alphas, py::object penalty_factors,
                                 py::object prior_mean, py::object sample_weight, py::object offset,
                                 py::object rows, py::object start, bool fit_intercept,
                                 const std::string& solver, double tol, int max_iter,
                                 int n_threads) {
  const LogisticArguments arguments{
      label, n_classes, alphas, penalty_factors, prior_mean, sample_weight, offset, rows, start};
  const LogisticOptions options{.fit_intercept = fit_intercept,
                                .solver = logistic_solver(solver),
                                .tol = tol,
                                .max_iter = max_iter,
                                .n_threads = n_threads};
  const Box box{optional_values("lower", lower), optional_values("upper", upper)};
  return with_element_type(x, [&]<Real T>(T) {
    const auto data = arguments.data(matrix_view<T>(x));
    return arguments.fitted(
        data, [&](auto alpha, auto& monitor, auto from, auto coef, auto intercept) {
          return bounded_logistic_path(data, box, alpha, options, monitor, from, coef, intercept);
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
      .def_readonly("n_hessians", &LogisticInfo::n_hessians);
  module.def("logistic_path", &logistic_path_);
  module.def("logistic_bounded_path", &logistic_bounded_path_);
}

}  // namespace elltwo::python
