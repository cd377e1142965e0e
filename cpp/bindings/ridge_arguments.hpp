#pragma once

#include <pybind11/numpy.h>

#include <span>
#include <stdexcept>
#include <string>

#include "arrays.hpp"
#include "elltwo/ridge.hpp"

namespace elltwo::python {

inline SolverChoice solver_choice(const std::string& name) {
  if (name == "auto") return SolverChoice::automatic;
  if (name == "cholesky") return SolverChoice::cholesky;
  if (name == "svd") return SolverChoice::svd;
  if (name == "cg") return SolverChoice::cg;
  throw std::invalid_argument("solver must be 'auto', 'cholesky', 'svd' or 'cg', got '" + name +
                              "'");
}

/// The arguments that describe a ridge problem beside X.
struct RidgeArguments {
  py::array y;
  py::object alpha;
  py::object penalty_factors;
  py::object prior_mean;
  py::object sample_weight;

  /// All arrays of this record must outlive what is returned.
  template <Real T>
  RidgeData<T> data(MatrixView<T> x = {}) const {
    if (!is_viewable<double>(y) || y.ndim() != 2) {
      throw std::invalid_argument("y must be an aligned two-dimensional float64 array");
    }
    return {.x = x,
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
