#pragma once

#include <pybind11/numpy.h>

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "arrays.hpp"
#include "elltwo/logistic.hpp"
#include "ridge_arguments.hpp"
#include "signal_poll.hpp"

namespace elltwo::python {

inline LogisticSolver logistic_solver(const std::string& name) {
  if (name == "auto") return LogisticSolver::automatic;
  if (name == "newton_cholesky") return LogisticSolver::newton_cholesky;
  if (name == "quasi_newton") return LogisticSolver::quasi_newton;
  if (name == "newton_cg") return LogisticSolver::newton_cg;
  throw std::invalid_argument(
      "solver must be 'auto', 'newton_cholesky', 'quasi_newton' or 'newton_cg', got '" + name +
      "'");
}

/// (fit_intercept, solver, tol, max_iter, n_threads).
inline LogisticOptions logistic_options(const py::tuple& options) {
  require_size(options, 5, "options");
  return {.fit_intercept = py::cast<bool>(options[0]),
          .solver = logistic_solver(py::cast<std::string>(options[1])),
          .tol = py::cast<double>(options[2]),
          .max_iter = py::cast<int>(options[3]),
          .n_threads = py::cast<int>(options[4])};
}

/// What describes a logistic problem beside X: (label, n_classes, alphas, penalty_factors,
/// prior_mean, sample_weight, offset, rows, start).
struct LogisticArguments {
  py::object label;
  Index n_classes;
  py::object alphas;
  py::object penalty_factors;
  py::object prior_mean;
  py::object sample_weight;
  py::object offset;
  py::object rows;
  py::object start;

  explicit LogisticArguments(const py::tuple& problem) {
    require_size(problem, 9, "problem");
    label = problem[0];
    n_classes = py::cast<Index>(problem[1]);
    alphas = problem[2];
    penalty_factors = problem[3];
    prior_mean = problem[4];
    sample_weight = problem[5];
    offset = problem[6];
    rows = problem[7];
    start = problem[8];
  }

  /// All arrays of this record must outlive what is returned.
  template <Real T>
  LogisticData<T> data(MatrixView<T> x) const {
    return {.x = x,
            .label = optional_integers<std::int32_t>("label", label),
            .n_classes = n_classes,
            .penalty_factors = optional_values("penalty_factors", penalty_factors),
            .prior_mean = optional_values("prior_mean", prior_mean),
            .sample_weight = optional_values("sample_weight", sample_weight),
            .offset = optional_values("offset", offset),
            .rows = optional_integers<Index>("rows", rows)};
  }

  /// (coef, intercept, infos) of infos = fit(alphas, monitor, start, coef, intercept), which runs
  /// without the GIL.
  template <Real T, class Fit>
  py::tuple fitted(const LogisticData<T>& data, Fit fit) const {
    const auto alpha = optional_values("alphas", alphas);
    const auto from = optional_values("start", start);
    const auto n_alphas = static_cast<Index>(alpha.size());
    Array<double> coef({n_alphas, data.n_outputs(), data.x.cols});
    Array<double> intercept({n_alphas, data.n_outputs()});
    const auto coef_out = writable(coef);
    const auto intercept_out = writable(intercept);
    const std::vector<LogisticInfo> infos = without_gil(
        [&](Monitor& monitor) { return fit(alpha, monitor, from, coef_out, intercept_out); });
    return py::make_tuple(coef, intercept, infos);
  }
};

}  // namespace elltwo::python
