#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

#include "arrays.hpp"
#include "elltwo/sparse_ridge.hpp"
#include "register.hpp"
#include "ridge_arguments.hpp"
#include "signal_poll.hpp"

namespace elltwo::python {
namespace {

/// The arrays of a compressed sparse matrix.
struct SparseArguments {
  py::array values;
  py::array indices;
  py::array starts;
  Index rows;
  Index cols;
  bool by_rows;

  explicit SparseArguments(const py::tuple& x) {
    if (x.size() != 6) throw std::invalid_argument("X must be a tuple of six");
    values = py::cast<py::array>(x[0]);
    indices = py::cast<py::array>(x[1]);
    starts = py::cast<py::array>(x[2]);
    rows = py::cast<Index>(x[3]);
    cols = py::cast<Index>(x[4]);
    by_rows = py::cast<bool>(x[5]);
  }

  template <Real T>
  SparseView<T> view() const {
    return {rows, cols, by_rows, *span_of<T>(values), integers(indices), integers(starts)};
  }

 private:
  template <class E>
  static std::optional<std::span<const E>> span_of(const py::array& array) {
    constexpr int good = int{py::array::c_style} | int{py::detail::npy_api::NPY_ARRAY_ALIGNED_};
    if (array.ndim() != 1 || !py::isinstance<py::array_t<E, 0>>(array) ||
        (array.flags() & good) != good) {
      return std::nullopt;
    }
    return std::span<const E>(static_cast<const E*>(array.data()),
                              static_cast<std::size_t>(array.size()));
  }

  static IndexSpan integers(const py::array& array) {
    if (const auto narrow = span_of<std::int32_t>(array)) return *narrow;
    if (const auto wide = span_of<std::int64_t>(array)) return *wide;
    throw std::invalid_argument("indices of X must be contiguous int32 or int64 vectors");
  }

 public:
  /// Calls f(view) with the view of the values' type.
  template <class F>
  auto with_view(F f) const {
    if (span_of<double>(values)) return f(view<double>());
    if (span_of<float>(values)) return f(view<float>());
    throw std::invalid_argument("data of X must be a contiguous float32 or float64 vector");
  }
};

py::tuple ridge_sparse_(const py::tuple& x, py::array y, py::object alpha,
                        py::object penalty_factors, py::object prior_mean, py::object sample_weight,
                        bool fit_intercept, bool penalize_intercept, const std::string& solver,
                        double tol, int max_iter, int n_threads) {
  const SparseArguments matrix(x);
  const RidgeArguments arguments{y, alpha, penalty_factors, prior_mean, sample_weight};
  const RidgeOptions options{.fit_intercept = fit_intercept,
                             .penalize_intercept = penalize_intercept,
                             .solver = solver_choice(solver),
                             .tol = tol,
                             .max_iter = max_iter,
                             .n_threads = n_threads};
  return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
    const auto data = arguments.data<T>();
    Array<double> coef({data.y.cols, view.cols});
    Array<double> intercept(data.y.cols);
    const auto coef_out = writable(coef);
    const auto intercept_out = writable(intercept);
    auto monitor = signal_monitor();
    SolveInfo info;
    {
      const py::gil_scoped_release release;
      info = sparse_ridge(view, data, options, monitor, coef_out, intercept_out);
    }
    throw_if_interrupted(info.status);
    return py::make_tuple(coef, intercept, info);
  });
}

Array<double> predict_sparse_(const py::tuple& x, const py::object& coef,
                              const py::object& intercept, int n_threads) {
  const SparseArguments matrix(x);
  const auto b = optional_values("coef", coef);
  const auto b0 = optional_values("intercept", intercept);
  return matrix.with_view([&]<Real T>(const SparseView<T>& view) {
    Array<double> predicted({view.rows, static_cast<Index>(b0.size())});
    const auto out = writable(predicted);
    auto monitor = signal_monitor();
    bool finished = false;
    {
      const py::gil_scoped_release release;
      finished = sparse_predict(view, b, b0, n_threads, monitor, out);
    }
    if (!finished) throw py::error_already_set();
    return predicted;
  });
}

}  // namespace

void register_sparse(py::module_& module) {
  module.def("ridge_sparse", &ridge_sparse_);
  module.def("predict_sparse", &predict_sparse_);
}

}  // namespace elltwo::python
