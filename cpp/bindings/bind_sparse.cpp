#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <string>

#include "elltwo/bounded.hpp"
#include "elltwo/sparse_path.hpp"
#include "elltwo/sparse_ridge.hpp"
#include "fitted.hpp"
#include "register.hpp"
#include "ridge_arguments.hpp"
#include "signal_poll.hpp"
#include "sparse_arguments.hpp"

namespace elltwo::python {
namespace {

py::tuple ridge_sparse_(const py::tuple& x, py::array y, py::object alpha,
                        py::object penalty_factors, py::object prior_mean, py::object sample_weight,
                        bool fit_intercept, bool penalize_intercept, const std::string& solver,
                        double tol, int max_iter, int n_threads) {
  const SparseArguments matrix(x);
  const RidgeArguments arguments{y, alpha, penalty_factors, prior_mean, sample_weight};
  const RidgeOptions options{.fit_intercept = fit_intercept,
                             .penalize_intercept = penalize_intercept,
                             .solver = solver_choice(solver),
                             .tol = tol,
                             .max_iter = max_iter,
                             .n_threads = n_threads};
  return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
    const auto data = arguments.data<T>();
    return fitted(data.y.cols, view.cols, [&](Monitor& monitor, auto coef, auto intercept) {
      return sparse_ridge(view, data, options, monitor, coef, intercept);
    });
  });
}

py::tuple ridge_sparse_bounded_(const py::tuple& x, py::array y, py::object lower, py::object upper,
                                py::object alpha, py::object penalty_factors, py::object prior_mean,
                                py::object sample_weight, bool fit_intercept,
                                bool penalize_intercept, const std::string& solver, double tol,
                                int max_iter, int n_threads) {
  const SparseArguments matrix(x);
  const RidgeArguments arguments{y, alpha, penalty_factors, prior_mean, sample_weight};
  const RidgeOptions options{.fit_intercept = fit_intercept,
                             .penalize_intercept = penalize_intercept,
                             .solver = solver_choice(solver),
                             .tol = tol,
                             .max_iter = max_iter,
                             .n_threads = n_threads};
  const Box box{optional_values("lower bounds", lower), optional_values("upper bounds", upper)};
  return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
    const auto data = arguments.data<T>();
    return fitted(data.y.cols, view.cols, [&](Monitor& monitor, auto coef, auto intercept) {
      return sparse_ridge_bounded(view, data, box, options, monitor, coef, intercept);
    });
  });
}

py::tuple sparse_path_(const py::tuple& x, py::array y, const py::object& alphas,
                       py::object penalty_factors, py::object prior_mean, py::object sample_weight,
                       bool fit_intercept, bool penalize_intercept, double tol, int max_iter,
                       int n_threads) {
  const SparseArguments matrix(x);
  const RidgeArguments arguments{y, py::none(), penalty_factors, prior_mean, sample_weight};
  const RidgeOptions options{.fit_intercept = fit_intercept,
                             .penalize_intercept = penalize_intercept,
                             .tol = tol,
                             .max_iter = max_iter,
                             .n_threads = n_threads};
  const auto grid = optional_values("alphas", alphas);
  const auto n_alphas = static_cast<Index>(grid.size());
  return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
    const auto data = arguments.data<T>();
    Array<double> coef({n_alphas, data.y.cols, view.cols});
    Array<double> intercept({n_alphas, data.y.cols});
    Array<double> optimality(n_alphas);
    const auto coef_out = writable(coef);
    const auto intercept_out = writable(intercept);
    const auto optimality_out = writable(optimality);
    auto monitor = signal_monitor();
    Status status{};
    {
      const py::gil_scoped_release release;
      status =
          sparse_path(view, data, grid, options, monitor, coef_out, intercept_out, optimality_out);
    }
    throw_if_interrupted(status);
    return py::make_tuple(coef, intercept, optimality);
  });
}

py::tuple sparse_spectrum_(const py::tuple& x, py::array y, py::object penalty_factors,
                           py::object sample_weight, bool fit_intercept, bool penalize_intercept,
                           int n_threads) {
  const SparseArguments matrix(x);
  const RidgeArguments arguments{y, py::none(), penalty_factors, py::none(), sample_weight};
  const RidgeOptions options{.fit_intercept = fit_intercept,
                             .penalize_intercept = penalize_intercept,
                             .n_threads = n_threads};
  return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
    const auto data = arguments.data<T>();
    auto monitor = signal_monitor();
    Status status{};
    SpectrumBounds bounds;
    {
      const py::gil_scoped_release release;
      status = sparse_spectrum(view, data, options, monitor, bounds);
    }
    throw_if_interrupted(status);
    return py::make_tuple(bounds.largest, bounds.sum);
  });
}

py::tuple sparse_splits_(const py::tuple& x, py::array y,
                         py::array_t<std::int32_t, py::array::c_style> group, Index n_groups,
                         py::object train, py::object test, py::object alphas,
                         py::object penalty_factors, py::object prior_mean,
                         py::object sample_weight, bool fit_intercept, bool penalize_intercept,
                         double tol, int max_iter, int n_threads) {
  const SparseArguments matrix(x);
  const RidgeArguments arguments{y, alphas, penalty_factors, prior_mean, sample_weight};
  const RidgeOptions options{.fit_intercept = fit_intercept,
                             .penalize_intercept = penalize_intercept,
                             .tol = tol,
                             .max_iter = max_iter,
                             .n_threads = n_threads};
  const Splits splits{.group = {group.data(), static_cast<std::size_t>(group.size())},
                      .n_groups = n_groups,
                      .train = optional_values("train", train),
                      .test = optional_values("test", test)};
  const auto data = arguments.data<double>();
  const auto grid = data.alpha;
  Array<double> sse({splits.size(), static_cast<Index>(grid.size()), data.y.cols});
  Array<double> weight(splits.size());
  const auto sse_out = writable(sse);
  const auto weight_out = writable(weight);
  return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
    auto monitor = signal_monitor();
    Status status{};
    double optimality = 0.0;
    {
      const py::gil_scoped_release release;
      status = sparse_splits(view, data, grid, splits, options, monitor, sse_out, weight_out,
                             optimality);
    }
    throw_if_interrupted(status);
    return py::make_tuple(sse, weight, optimality);
  });
}

Array<double> predict_sparse_(const py::tuple& x, const py::object& coef,
                              const py::object& intercept, int n_threads) {
  const SparseArguments matrix(x);
  const auto b = optional_values("coef", coef);
  const auto b0 = optional_values("intercept", intercept);
  return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
    Array<double> predicted({view.rows, static_cast<Index>(b0.size())});
    const auto out = writable(predicted);
    auto monitor = signal_monitor();
    bool finished = false;
    {
      const py::gil_scoped_release release;
      finished = sparse_predict(view, b, b0, n_threads, monitor, out);
    }
    if (!finished) throw py::error_already_set();
    return predicted;
  });
}

}  // namespace

void register_sparse(py::module_& module) {
  module.def("ridge_sparse", &ridge_sparse_);
  module.def("ridge_sparse_bounded", &ridge_sparse_bounded_);
  module.def("predict_sparse", &predict_sparse_);
  module.def("sparse_path", &sparse_path_);
  module.def("sparse_spectrum", &sparse_spectrum_);
  module.def("sparse_splits", &sparse_splits_);
  module.attr("sparse_decomposition_limit") = sparse_decomposition_limit;
}

}  // namespace elltwo::python
