#pragma once

#include <pybind11/numpy.h>

#include <span>
#include <stdexcept>
#include <string>

#include "elltwo/box.hpp"
#include "elltwo/views.hpp"

namespace elltwo::python {

namespace py = pybind11;

template <Real T>
using Array = py::array_t<T>;

/// A view of a one- or two-dimensional array with any strides; a vector becomes one column.
template <Real T>
MatrixView<T> matrix_view(const py::array& array) {
  const auto size = static_cast<Index>(sizeof(T));
  const bool matrix = array.ndim() == 2;
  return {static_cast<const T*>(array.data()), array.shape(0), matrix ? array.shape(1) : 1,
          array.strides(0) / size, matrix ? array.strides(1) / size : 1};
}

/// True for an ndarray and for no subclass of it, whose values may mean something else: those of a
/// masked array include what its mask hides.
inline bool is_plain_array(const py::object& object) {
  return Py_TYPE(object.ptr()) == py::detail::npy_api::get().PyArray_Type_;
}

/// True if the array can be viewed as it is: native T, aligned, strides whole elements.
template <Real T>
bool is_viewable(const py::array& array) {
  if (!py::isinstance<py::array_t<T, 0>>(array)) return false;
  if ((array.flags() & py::detail::npy_api::NPY_ARRAY_ALIGNED_) == 0) return false;
  for (py::ssize_t d = 0; d < array.ndim(); ++d) {
    if (array.shape(d) > 1 && array.strides(d) % static_cast<py::ssize_t>(sizeof(T)) != 0)
      return false;
  }
  return true;
}

/// A contiguous float64 argument, or an empty span for None. The array must outlive the span.
inline std::span<const double> optional_values(const char* name, const py::object& object) {
  if (object.is_none()) return {};
  const auto array = py::reinterpret_borrow<py::array>(object);
  if (!is_viewable<double>(array) || (array.flags() & py::array::c_style) == 0) {
    throw std::invalid_argument(std::string(name) + " must be a contiguous float64 array");
  }
  return {static_cast<const double*>(array.data()), static_cast<std::size_t>(array.size())};
}

/// A contiguous argument of integers, or an empty span for None.
template <class I>
std::span<const I> optional_integers(const char* name, const py::object& object) {
  if (object.is_none()) return {};
  const auto array = py::reinterpret_borrow<py::array>(object);
  if (!py::isinstance<py::array_t<I, py::array::c_style>>(array)) {
    throw std::invalid_argument(std::string(name) + " must be a contiguous array of int" +
                                std::to_string(8 * sizeof(I)));
  }
  return {static_cast<const I*>(array.data()), static_cast<std::size_t>(array.size())};
}

inline void require_size(const py::tuple& tuple, std::size_t size, const char* name) {
  if (tuple.size() == size) return;
  throw std::invalid_argument(std::string(name) + " must be a tuple of " + std::to_string(size));
}

/// The tuple (lower, upper) of bounds, of which each may be None. Its arrays must outlive the box.
inline Box box_of(const py::tuple& bounds) {
  require_size(bounds, 2, "bounds");
  return {optional_values("lower bounds", bounds[0]), optional_values("upper bounds", bounds[1])};
}

inline std::span<double> writable(Array<double>& array) {
  return {array.mutable_data(), static_cast<std::size_t>(array.size())};
}

}  // namespace elltwo::python
