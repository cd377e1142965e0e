#pragma once

#include <pybind11/numpy.h>

#include "arrays.hpp"
#include "elltwo/ridge.hpp"
#include "signal_poll.hpp"

namespace elltwo::python {

/// (coef, intercept, info) of info = fit(monitor, coef, intercept), which runs without the GIL.
template <class Fit>
py::tuple fitted(Index n_targets, Index n_features, Fit fit) {
  Array<double> coef({n_targets, n_features});
  Array<double> intercept(n_targets);
  const auto coef_out = writable(coef);
  const auto intercept_out = writable(intercept);
  const SolveInfo info =
      without_gil([&](Monitor& monitor) { return fit(monitor, coef_out, intercept_out); });
  return py::make_tuple(coef, intercept, info);
}

}  // namespace elltwo::python
