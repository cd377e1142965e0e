#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <stdexcept>
#include <string>

#include "arrays.hpp"
#include "elltwo/bounded.hpp"
#include "elltwo/cross_validation.hpp"
#include "elltwo/ridge.hpp"
#include "register.hpp"
#include "signal_poll.hpp"

namespace elltwo::python {
namespace {

SolverChoice solver_choice(const std::string& name) {
  if (name == "auto") return SolverChoice::automatic;
  if (name == "cholesky") return SolverChoice::cholesky;
  if (name == "svd") return SolverChoice::svd;
  throw std::invalid_argument("solver must be 'auto', 'cholesky' or 'svd', got '" + name + "'");
}

struct RidgeArguments {
  py::array x;
  py::array y;
  py::object alpha;
  py::object penalty_factors;
  py::object prior_mean;
  py::object sample_weight;

  template <Real T>
  RidgeData<T> data() const {
    if (!is_viewable<double>(y) || y.ndim() != 2) {
      throw std::invalid_argument("y must be an aligned two-dimensional float64 array");
    }
    return {.x = matrix_view<T>(x),
            .y = matrix_view<double>(y),
            .alpha = optional_values("alpha", alpha),
            .penalty_factors = optional_values("penalty_factors", penalty_factors),
            .prior_mean = optional_values("prior_mean", prior_mean),
            .sample_weight = optional_values("sample_weight", sample_weight)};
  }
};

/// Calls f(T{}) with the element type of X.
template <class F>
auto with_element_type(const py::array& x, F f) {
  if (x.ndim() == 2 && is_viewable<double>(x)) return f(double{});
  if (x.ndim() == 2 && is_viewable<float>(x)) return f(float{});
  throw std::invalid_argument("X must be an aligned two-dimensional float32 or float64 array");
}

void throw_if_interrupted(Status status) {
  if (status == Status::interrupted) throw py::error_already_set();
}

std::span<double> writable(Array<double>& array) {
  return {array.mutable_data(), static_cast<std::size_t>(array.size())};
}

py::tuple ridge_(py::array x, py::array y, py::object alpha, py::object penalty_factors,
                 py::object prior_mean, py::object sample_weight, bool fit_intercept,
                 bool penalize_intercept, const std::string& solver, double tol, int max_iter,
                 int n_threads) {
  const RidgeArguments arguments{x, y, alpha, penalty_factors, prior_mean, sample_weight};
  const RidgeOptions options{.fit_intercept = fit_intercept,
                             .penalize_intercept = penalize_intercept,
                             .solver = solver_choice(solver),
                             .tol = tol,
                             .max_iter = max_iter,
                             .n_threads = n_threads};
  return with_element_type(x, [&]<Real T>(T) {
    const auto data = arguments.data<T>();
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

py::tuple ridge_bounded_(py::array x, py::array y, py::object lower, py::object upper,
                         py::object alpha, py::object penalty_factors, py::object prior_mean,
                         py::object sample_weight, bool fit_intercept, bool penalize_intercept,
                         const std::string& solver, double tol, int max_iter, int n_threads) {
  const RidgeArguments arguments{x, y, alpha, penalty_factors, prior_mean, sample_weight};
  const RidgeOptions options{.fit_intercept = fit_intercept,
                             .penalize_intercept = penalize_intercept,
                             .solver = solver_choice(solver),
                             .tol = tol,
                             .max_iter = max_iter,
                             .n_threads = n_threads};
  const Box box{optional_values("lower bounds", lower), optional_values("upper bounds", upper)};
  return with_element_type(x, [&]<Real T>(T) {
    const auto data = arguments.data<T>();
    Array<double> coef({data.y.cols, data.x.cols});
    Array<double> intercept(data.y.cols);
    const auto coef_out = writable(coef);
    const auto intercept_out = writable(intercept);
    auto monitor = signal_monitor();
    SolveInfo info;
    {
      const py::gil_scoped_release release;
      info = ridge_bounded(data, box, options, monitor, coef_out, intercept_out);
    }
    throw_if_interrupted(info.status);
    return py::make_tuple(coef, intercept, info);
  });
}

py::tuple ridge_kfold_(py::array x, py::array y, py::array_t<std::int32_t, py::array::c_style> fold,
                       Index n_folds, py::object alphas, py::object penalty_factors,
                       py::object prior_mean, py::object sample_weight, bool fit_intercept,
                       bool penalize_intercept, int n_threads) {
  const RidgeArguments arguments{x, y, alphas, penalty_factors, prior_mean, sample_weight};
  const RidgeOptions options{.fit_intercept = fit_intercept,
                             .penalize_intercept = penalize_intercept,
                             .n_threads = n_threads};
  return with_element_type(x, [&]<Real T>(T) {
    auto data = arguments.data<T>();
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
  module.def("ridge_bounded", &ridge_bounded_);
  module.def("ridge_kfold", &ridge_kfold_);
  module.def("gram_trace", &gram_trace_);
}

}  // namespace elltwo::python
