#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "elltwo/logistic.hpp"
#include "logistic_arguments.hpp"
#include "register.hpp"
#include "ridge_arguments.hpp"
#include "sparse_arguments.hpp"

namespace elltwo::python {
namespace {

py::tuple logistic_sparse_path_(const py::tuple& x, const py::tuple& problem,
                                const py::tuple& options) {
  const SparseArguments matrix(x);
  const LogisticArguments arguments(problem);
  const auto asked = logistic_options(options);
  return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
    const auto data = arguments.data<T>({nullptr, view.rows, view.cols, 0, 0});
    return arguments.fitted(
        data, [&](auto alpha, auto& monitor, auto from, auto coef, auto intercept) {
          return sparse_logistic_path(view, data, alpha, asked, monitor, from, coef, intercept);
        });
  });
}

py::tuple logistic_sparse_bounded_path_(const py::tuple& x, const py::tuple& bounds,
                                        const py::tuple& problem, const py::tuple& options) {
  const SparseArguments matrix(x);
  const LogisticArguments arguments(problem);
  const auto asked = logistic_options(options);
  const auto box = box_of(bounds);
  return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
    const auto data = arguments.data<T>({nullptr, view.rows, view.cols, 0, 0});
    return arguments.fitted(data,
                            [&](auto alpha, auto& monitor, auto from, auto coef, auto intercept) {
                              return sparse_bounded_logistic_path(view, data, box, alpha, asked,
                                                                  monitor, from, coef, intercept);
                            });
  });
}

}  // namespace

void register_logistic_sparse(py::module_& module) {
  module.def("logistic_sparse_path", &logistic_sparse_path_);
  module.def("logistic_sparse_bounded_path", &logistic_sparse_bounded_path_);
}

}  // namespace elltwo::python
