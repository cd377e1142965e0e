#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <stdexcept>

#include "arrays.hpp"
#include "elltwo/ridge.hpp"

namespace elltwo::python {

/// The arrays of a ridge problem as Python passed them; views of them last as long.
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

inline void throw_if_interrupted(Status status) {
  if (status == Status::interrupted) throw py::error_already_set();
}

inline std::span<double> writable(Array<double>& array) {
  return {array.mutable_data(), static_cast<std::size_t>(array.size())};
}

}  // namespace elltwo::python
