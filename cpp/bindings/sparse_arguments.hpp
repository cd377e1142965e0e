#pragma once

#include <pybind11/numpy.h>

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>

#include "arrays.hpp"

namespace elltwo::python {

/// The arrays of a compressed sparse matrix.
struct SparseArguments {
  py::array values;
  py::array indices;
  py::array starts;
  Index rows;
  Index cols;
  bool by_rows;

  explicit SparseArguments(const py::tuple& x) {
    require_size(x, 6, "X");
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

}  // namespace elltwo::python
