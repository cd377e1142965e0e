#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <string>

#include "elltwo/logistic.hpp"
#include "logistic_arguments.hpp"
#include "register.hpp"
#include "sparse_arguments.hpp"

namespace elltwo::python {
namespace {

py::tuple logistic_sparse_path_(const py::tuple& x, py::array label, Index n_classes,
                                py::array alphas, py::object penalty_factors, py::object prior_mean,
                                py::object sample_weight, py::object offset, py::object rows,
                                py::object start, bool fit_intercept, const std::string& solver,
                                double tol, int max_iter, int n_threads) {
  const SparseArguments matrix(x);
  const LogisticArguments arguments{
      label, n_classes, alphas, penalty_factors, prior_mean, sample_weight, offset, rows, start};
  const LogisticOptions options{.fit_intercept = fit_intercept,
                                .solver = logistic_solver(solver),
                                .tol = tol,
                                .max_iter = max_iter,
                                .n_threads = n_threads};
  return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
    const auto data = arguments.data<T>({nullptr, view.rows, view.cols, 0, 0});
    return arguments.fitted(
        data, [&](auto alpha, auto& monitor, auto from, auto coef, auto intercept) {
          return sparse_logistic_path(view, data, alpha, options, monitor, from, coef, intercept);
        });
  });
}

}  // namespace

void register_logistic_sparse(py::module_& module) {
  module.def("logistic_sparse_path", &logistic_sparse_path_);
}

}  // namespace elltwo::python
