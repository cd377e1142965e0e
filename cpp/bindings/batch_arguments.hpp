#pragma once

#include <pybind11/numpy.h>

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>

#include "elltwo/batch.hpp"
#include "ridge_arguments.hpp"

namespace elltwo::python {

/// The first problem of an array of matrices, or a matrix that all share.
template <Real T>
MatrixView<T> first_matrix(const py::array& array) {
  const auto size = static_cast<Index>(sizeof(T));
  const auto d = array.ndim() - 2;
  return {static_cast<const T*>(array.data()), array.shape(d), array.shape(d + 1),
          array.strides(d) / size, array.strides(d + 1) / size};
}

template <Real T>
Index problem_stride(const py::array& array) {
  return array.ndim() == 3 ? array.strides(0) / static_cast<Index>(sizeof(T)) : 0;
}

/// (fit_intercept, penalize_intercept, tol, n_threads).
inline RidgeOptions batch_options(const py::tuple& options) {
  require_size(options, 4, "options");
  return {.fit_intercept = py::cast<bool>(options[0]),
          .penalize_intercept = py::cast<bool>(options[1]),
          .tol = py::cast<double>(options[2]),
          .n_threads = py::cast<int>(options[3])};
}

/// What describes a batch: X, what RidgeArguments holds, and where each problem's rows are.
struct BatchArguments {
  py::array x;
  RidgeArguments ridge;
  py::object starts;
  py::object order;

  /// Calls f(T{}) with the element type of X.
  template <class F>
  auto with_element_type(F f) const {
    if (is_viewable<double>(x)) return f(double{});
    if (is_viewable<float>(x)) return f(float{});
    throw std::invalid_argument("X must be an aligned float32 or float64 array");
  }

  /// X and Y of shapes (batch, n, p) and (batch, n, t), or with `starts` (rows, p) and (rows, t).
  template <Real T>
  BatchData<T> data() const {
    const auto begin = optional_integers<Index>("starts", starts);
    const auto& y = ridge.y;
    if (!is_viewable<double>(y) || y.ndim() != (begin.empty() ? 3 : 2) || x.ndim() > 3 ||
        x.ndim() < 2) {
      throw std::invalid_argument("X and y must be aligned arrays of three or two dimensions");
    }
    const Index n_problems = begin.empty() ? y.shape(0) : static_cast<Index>(begin.size()) - 1;
    const Index x_stride = problem_stride<T>(x);
    if (x_stride != 0 && x.shape(0) < n_problems) {
      throw std::invalid_argument("X must hold as many problems as y");
    }
    return {.n_problems = n_problems,
            .x = first_matrix<T>(x),
            .x_stride = x_stride,
            .y = first_matrix<double>(y),
            .y_stride = problem_stride<double>(y),
            .starts = begin,
            .order = optional_integers<Index>("order", order),
            .alpha = optional_values("alpha", ridge.alpha),
            .penalty_factors = optional_values("penalty_factors", ridge.penalty_factors),
            .prior_mean = optional_values("prior_mean", ridge.prior_mean),
            .sample_weight = optional_values("sample_weight", ridge.sample_weight)};
  }
};

}  // namespace elltwo::python
