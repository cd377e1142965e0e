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

/// (fit_intercept, penalize_intercept, solver, tol, max_iter, n_threads).
inline RidgeOptions ridge_options(const py::tuple& options) {
  require_size(options, 6, "options");
  return {.fit_intercept = py::cast<bool>(options[0]),
          .penalize_intercept = py::cast<bool>(options[1]),
          .solver = solver_choice(py::cast<std::string>(options[2])),
          .tol = py::cast<double>(options[3]),
          .max_iter = py::cast<int>(options[4]),
          .n_threads = py::cast<int>(options[5])};
}

/// The same for paths and splits, which choose their solver by shape whatever `solver` says.
inline RidgeOptions path_options(const py::tuple& options) {
  auto read = ridge_options(options);
  read.solver = SolverChoice::automatic;
  return read;
}

/// What describes a ridge problem beside X: (y, alpha, penalty_factors, prior_mean, sample_weight).
struct RidgeArguments {
  py::array y;
  py::object alpha;
  py::object penalty_factors;
  py::object prior_mean;
  py::object sample_weight;

  explicit RidgeArguments(const py::tuple& problem) {
    require_size(problem, 5, "problem");
    y = py::cast<py::array>(problem[0]);
    alpha = problem[1];
    penalty_factors = problem[2];
    prior_mean = problem[3];
    sample_weight = problem[4];
  }

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

}  // namespace elltwo::python
