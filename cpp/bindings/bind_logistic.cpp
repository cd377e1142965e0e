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

Array<double> logistic_left_out_(py::array x, py::array label, Index n_classes, py::array alphas,
                                 py::object penalty_factors, py::object prior_mean,
                                 py::object sample_weight, py::object offset, py::object coef,
                                 py::object intercept, bool fit_intercept, int n_threads) {
  const LogisticArguments arguments{label,           n_classes,  alphas,
                                    penalty_factors, prior_mean, sample_weight,
                                    offset,          py::none(), py::none()};
  const LogisticOptions options{.fit_intercept = fit_intercept, .n_threads = n_threads};
  return with_element_type(x, [&]<Real T>(T) {
    const auto data = arguments.data(matrix_view<T>(x));
    const auto alpha = optional_values("alphas", alphas);
    const auto b = optional_values("coef", coef);
    const auto b0 = optional_values("intercept", intercept);
    const auto n_alphas = static_cast<Index>(alpha.size());
    require_count("coef", b, n_alphas * data.n_outputs() * data.x.cols);
    require_count("intercept", b0, n_alphas * data.n_outputs());
    Array<double> predictor({n_alphas, data.x.rows, data.n_outputs()});
    const auto out = writable(predictor);
    auto monitor = signal_monitor();
    Status status{};
    {
      const py::gil_scoped_release release;
      status = logistic_left_out(data, alpha, options, monitor, b, b0, out);
    }
    throw_if_interrupted(status);
    return predictor;
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
  module.def("logistic_left_out", &logistic_left_out_);
  module.def("logistic_bounded_path", &logistic_bounded_path_);
}

}  // namespace elltwo::python
