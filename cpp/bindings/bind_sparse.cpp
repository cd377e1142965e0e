#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include "elltwo/bounded.hpp"
#include "elltwo/sparse_path.hpp"
#include "elltwo/sparse_ridge.hpp"
#include "fitted.hpp"
#include "register.hpp"
#include "ridge_arguments.hpp"
#include "signal_poll.hpp"
#include "sparse_arguments.hpp"
#include "split_arguments.hpp"

namespace elltwo::python {
namespace {

py::tuple ridge_sparse_(const py::tuple& x, const py::tuple& problem, const py::tuple& options) {
  const SparseArguments matrix(x);
  const RidgeArguments arguments(problem);
  const auto asked = ridge_options(options);
  return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
    const auto data = arguments.data<T>();
    return fitted(data.y.cols, view.cols, [&](Monitor& monitor, auto coef, auto intercept) {
      return sparse_ridge(view, data, asked, monitor, coef, intercept);
    });
  });
}

py::tuple ridge_sparse_bounded_(const py::tuple& x, const py::tuple& bounds,
                                const py::tuple& problem, const py::tuple& options) {
  const SparseArguments matrix(x);
  const RidgeArguments arguments(problem);
  const auto asked = ridge_options(options);
  const auto box = box_of(bounds);
  return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
    const auto data = arguments.data<T>();
    return fitted(data.y.cols, view.cols, [&](Monitor& monitor, auto coef, auto intercept) {
      return sparse_ridge_bounded(view, data, box, asked, monitor, coef, intercept);
    });
  });
}

// The alphas of the problem are the grid.
py::tuple sparse_path_(const py::tuple& x, const py::tuple& problem, const py::tuple& options) {
  const SparseArguments matrix(x);
  const RidgeArguments arguments(problem);
  const auto asked = path_options(options);
  return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
    const auto data = arguments.data<T>();
    const auto n_alphas = static_cast<Index>(data.alpha.size());
    Array<double> coef({n_alphas, data.y.cols, view.cols});
    Array<double> intercept({n_alphas, data.y.cols});
    Array<double> optimality(n_alphas);
    const auto coef_out = writable(coef);
    const auto intercept_out = writable(intercept);
    const auto optimality_out = writable(optimality);
    without_gil([&](Monitor& monitor) {
      return sparse_path(view, data, data.alpha, asked, monitor, coef_out, intercept_out,
                         optimality_out);
    });
    return py::make_tuple(coef, intercept, optimality);
  });
}

py::tuple sparse_spectrum_(const py::tuple& x, const py::array& y,
                           const py::object& penalty_factors, const py::object& sample_weight,
                           bool fit_intercept, bool penalize_intercept, int n_threads) {
  const SparseArguments matrix(x);
  const RidgeArguments arguments(
      py::make_tuple(y, py::none(), penalty_factors, py::none(), sample_weight));
  const RidgeOptions options{.fit_intercept = fit_intercept,
                             .penalize_intercept = penalize_intercept,
                             .n_threads = n_threads};
  return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
    const auto data = arguments.data<T>();
    SpectrumBounds bounds;
    without_gil(
        [&](Monitor& monitor) { return sparse_spectrum(view, data, options, monitor, bounds); });
    return py::make_tuple(bounds.largest, bounds.sum);
  });
}

// The alphas of the problem are the grid.
py::tuple sparse_splits_(const py::tuple& x, const py::tuple& problem, const py::tuple& splits,
                         const py::tuple& options) {
  const SparseArguments matrix(x);
  const RidgeArguments arguments(problem);
  const SplitArguments split_arguments(splits);
  const auto asked = path_options(options);
  const auto sets = split_arguments.splits();
  const auto data = arguments.data<double>();
  Array<double> sse({sets.size(), static_cast<Index>(data.alpha.size()), data.y.cols});
  Array<double> weight(sets.size());
  const auto sse_out = writable(sse);
  const auto weight_out = writable(weight);
  return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
    double optimality = 0.0;
    without_gil([&](Monitor& monitor) {
      return sparse_splits(view, data, data.alpha, sets, asked, monitor, sse_out, weight_out,
                           optimality);
    });
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
    without_gil(
        [&](Monitor& monitor) { return sparse_predict(view, b, b0, n_threads, monitor, out); });
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
