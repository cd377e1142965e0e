#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <utility>

#include "elltwo/logistic_l1.hpp"
#include "logistic_arguments.hpp"
#include "register.hpp"
#include "ridge_arguments.hpp"
#include "sparse_arguments.hpp"

namespace elltwo::python {
namespace {

/// An array of the values of a vector, which it keeps.
template <class E>
py::array_t<E> array_of(std::vector<E>&& values) {
  auto kept = std::make_unique<std::vector<E>>(std::move(values));
  const auto* data = kept->data();
  const auto size = static_cast<py::ssize_t>(kept->size());
  const py::capsule owner(kept.get(), [](void* p) { delete static_cast<std::vector<E>*>(p); });
  kept.release();
  return py::array_t<E>(size, data, owner);
}

py::tuple as_tuple(LogisticL1Path&& path) {
  return py::make_tuple(array_of(std::move(path.starts)), array_of(std::move(path.features)),
                        array_of(std::move(path.values)), array_of(std::move(path.intercept)),
                        array_of(std::move(path.n_active)), std::move(path.infos));
}

/// f(X, data) of dense X, an array, or sparse X, a tuple.
template <class F>
auto with_features(const py::object& x, const LogisticArguments& arguments, F f) {
  if (py::isinstance<py::tuple>(x)) {
    const SparseArguments matrix(py::reinterpret_borrow<py::tuple>(x));
    return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
      return f(view, arguments.data<T>({nullptr, view.rows, view.cols, 0, 0}));
    });
  }
  const auto array = py::cast<py::array>(x);
  return with_element_type(array, [&]<Real T>(T) {
    const auto view = matrix_view<T>(array);
    return f(view, arguments.data(view));
  });
}

py::tuple logistic_l1_path_(const py::object& x, const py::tuple& bounds, const py::tuple& problem,
                            double l1_ratio, const py::tuple& options) {
  const LogisticArguments arguments(problem);
  const auto asked = logistic_options(options);
  const auto box = box_of(bounds);
  const auto alphas = optional_values("alphas", arguments.alphas);
  const auto start = optional_values("start", arguments.start);
  return with_features(x, arguments, [&](const auto& view, const auto& data) {
    return as_tuple(without_gil([&](Monitor& monitor) {
      if constexpr (requires { view.values; }) {
        return sparse_logistic_l1_path(view, data, box, l1_ratio, alphas, asked, monitor, start);
      } else {
        return logistic_l1_path(data, box, l1_ratio, alphas, asked, monitor, start);
      }
    }));
  });
}

double logistic_l1_alpha_max_(const py::object& x, const py::tuple& bounds,
                              const py::tuple& problem, const py::tuple& options) {
  const LogisticArguments arguments(problem);
  const auto asked = logistic_options(options);
  const auto box = box_of(bounds);
  return with_features(x, arguments, [&](const auto& view, const auto& data) {
    return without_gil([&](Monitor& monitor) {
      if constexpr (requires { view.values; }) {
        return sparse_logistic_l1_alpha_max(view, data, box, asked, monitor);
      } else {
        return logistic_l1_alpha_max(data, box, asked, monitor);
      }
    });
  });
}

}  // namespace

void register_logistic_l1(py::module_& module) {
  module.def("logistic_l1_path", &logistic_l1_path_);
  module.def("logistic_l1_alpha_max", &logistic_l1_alpha_max_);
}

}  // namespace elltwo::python
