#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <stdexcept>
#include <string>

#include "arrays.hpp"
#include "elltwo/cross_validation.hpp"
#include "elltwo/ridge.hpp"
#include "register.hpp"
#include "ridge_arguments.hpp"
#include "signal_poll.hpp"

namespace elltwo::python {
namespace {

/// Calls f(T{}) with the element type of X.
template <class F>
auto with_element_type(const py::array& x, F f) {
  if (x.ndim() == 2 && is_viewable<double>(x)) return f(double{});
  if (x.ndim() == 2 && is_viewable<float>(x)) return f(float{});
  throw std::invalid_argument("X must be an aligned two-dimensional float32 or float64 array");
}

py::tuple ridge_(py::array x, py::array y, py::object alpha, py::object penalty_factors,
                 py::object prior_mean, py::object sample_weight, bool fit_intercept,
                 bool penalize_intercept, const std::string& solver, double tol, int max_iter,
                 int n_threads) {
  const RidgeArguments arguments{y, alpha, penalty_factors, prior_mean, sample_weight};
  const RidgeOptions options{.fit_intercept = fit_intercept,
                             .penalize_intercept = penalize_intercept,
                             .solver = solver_choice(solver),
                             .tol = tol,
                             .max_iter = max_iter,
                             .n_threads = n_threads};
  return with_element_type(x, [&]<Real T>(T) {
    const auto data = arguments.data(matrix_view<T>(x));
    Array<double> coef({data.y.cols, data.x.cols});
    Array<double> intercept(data.y.cols);
    const auto coef_out = writable(coef);
    const auto intercept_out = writable(intercept);
    auto monitor = signal_monitor();
    SolveInfo info;
    {
      const py::gil_scoped_release release;
      info = ridge(data, options, monitor, coef_out, intercept_out);
    }
    throw_if_interrupted(info.status);
    return py::make_tuple(coef, intercept, info);
  });
}

py::tuple ridge_kfold_(py::array x, py::array y, py::array_t<std::int32_t, py::array::c_style> fold,
                       Index n_folds, py::object alphas, py::object penalty_factors,
                       py::object prior_mean, py::object sample_weight, bool fit_intercept,
                       bool penalize_intercept, int n_threads) {
  const RidgeArguments arguments{y, alphas, penalty_factors, prior_mean, sample_weight};
  const RidgeOptions options{.fit_intercept = fit_intercept,
                             .penalize_intercept = penalize_intercept,
                             .n_threads = n_threads};
  return with_element_type(x, [&]<Real T>(T) {
    auto data = arguments.data(matrix_view<T>(x));
    const auto grid = data.alpha;
    const std::span<const std::int32_t> folds(fold.data(), static_cast<std::size_t>(fold.size()));
    Array<double> sse({n_folds, static_cast<Index>(grid.size()), data.y.cols});
    Array<double> weight(n_folds);
    const auto sse_out = writable(sse);
    const auto weight_out = writable(weight);
    auto monitor = signal_monitor();
    Status status{};
    {
      const py::gil_scoped_release release;
      status = ridge_kfold(data, grid, folds, n_folds, options, monitor, sse_out, weight_out);
    }
    throw_if_interrupted(status);
    return py::make_tuple(sse, weight);
  });
}

double gram_trace_(py::array x, py::object sample_weight, bool fit_intercept) {
  return with_element_type(x, [&]<Real T>(T) {
    const auto view = matrix_view<T>(x);
    const auto weight = optional_values("sample_weight", sample_weight);
    const py::gil_scoped_release release;
    return gram_trace(view, weight, fit_intercept);
  });
}

}  // namespace

void register_solve_info(py::module_& module) {
  py::class_<SolveInfo>(module, "SolveInfo")
      .def_property_readonly("status", [](const SolveInfo& i) { return to_string(i.status); })
      .def_property_readonly("solver", [](const SolveInfo& i) { return to_string(i.solver); })
      .def_readonly("reason", &SolveInfo::reason)
      .def_property_readonly("fallback",
                             [](const SolveInfo& i) -> py::object {
                               if (*i.fallback == '\0') return py::none();
                               return py::str(i.fallback);
                             })
      .def_readonly("optimality", &SolveInfo::optimality)
      .def_readonly("tolerance", &SolveInfo::tolerance)
      .def_readonly("rcond", &SolveInfo::rcond)
      .def_readonly("rank", &SolveInfo::rank)
      .def_readonly("n_iter", &SolveInfo::n_iter)
      .def_readonly("n_threads", &SolveInfo::n_threads);
}

void register_ridge(py::module_& module) {
  module.def("ridge", &ridge_);
  module.def("ridge_kfold", &ridge_kfold_);
  module.def("gram_trace", &gram_trace_);
}

}  // namespace elltwo::python
