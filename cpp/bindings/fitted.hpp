#pragma once

#include <pybind11/numpy.h>

#include "ridge_arguments.hpp"
#include "signal_poll.hpp"

namespace elltwo::python {

/// (coef, intercept, info) of fit(monitor, coef, intercept), which runs without the GIL.
template <class Fit>
py::tuple fitted(Index n_targets, Index n_features, Fit fit) {
  Array<double> coef({n_targets, n_features});
  Array<double> intercept(n_targets);
  const auto coef_out = writable(coef);
  const auto intercept_out = writable(intercept);
  auto monitor = signal_monitor();
  SolveInfo info;
  {
    const py::gil_scoped_release release;
    info = fit(monitor, coef_out, intercept_out);
  }
  throw_if_interrupted(info.status);
  return py::make_tuple(coef, intercept, info);
}

}  // namespace elltwo::python
