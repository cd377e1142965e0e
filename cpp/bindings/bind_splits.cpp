#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>

#include "elltwo/cross_validation.hpp"
#include "register.hpp"
#include "ridge_arguments.hpp"
#include "signal_poll.hpp"

namespace elltwo::python {
namespace {

py::tuple ridge_splits_(py::array x, py::array y,
                        py::array_t<std::int32_t, py::array::c_style> group, Index n_groups,
                        py::object train, py::object test, py::object alphas,
                        py::object penalty_factors, py::object prior_mean, py::object sample_weight,
                        bool fit_intercept, bool penalize_intercept, int n_threads) {
  const RidgeArguments arguments{y, alphas, penalty_factors, prior_mean, sample_weight};
  const RidgeOptions options{.fit_intercept = fit_intercept,
                             .penalize_intercept = penalize_intercept,
                             .n_threads = n_threads};
  const Splits splits{.group = {group.data(), static_cast<std::size_t>(group.size())},
                      .n_groups = n_groups,
                      .train = optional_values("train", train),
                      .test = optional_values("test", test)};
  return with_element_type(x, [&]<Real T>(T) {
    auto data = arguments.data(matrix_view<T>(x));
    const auto grid = data.alpha;
    Array<double> sse({splits.size(), static_cast<Index>(grid.size()), data.y.cols});
    Array<double> weight(splits.size());
    const auto sse_out = writable(sse);
    const auto weight_out = writable(weight);
    auto monitor = signal_monitor();
    Status status{};
    {
      const py::gil_scoped_release release;
      status = ridge_splits(data, grid, splits, options, monitor, sse_out, weight_out);
    }
    throw_if_interrupted(status);
    return py::make_tuple(sse, weight);
  });
}

}  // namespace

void register_splits(py::module_& module) { module.def("ridge_splits", &ridge_splits_); }

}  // namespace elltwo::python
