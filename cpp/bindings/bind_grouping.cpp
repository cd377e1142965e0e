#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <stdexcept>
#include <vector>

#include "arrays.hpp"
#include "elltwo/grouping.hpp"
#include "register.hpp"

namespace elltwo::python {
namespace {

using Indices = py::array_t<Index, py::array::c_style>;

std::span<Index> writable_indices(Indices& array) {
  return {array.mutable_data(), static_cast<std::size_t>(array.size())};
}

py::tuple order_by_code_(const Indices& codes, Index n_codes) {
  if (n_codes < 0) throw std::invalid_argument("n_codes must not be negative");
  Indices order(codes.size()), starts(n_codes + 1);
  const auto order_out = writable_indices(order);
  const auto starts_out = writable_indices(starts);
  const std::span<const Index> in{codes.data(), static_cast<std::size_t>(codes.size())};
  {
    const py::gil_scoped_release release;
    order_by_code(in, n_codes, order_out, starts_out);
  }
  return py::make_tuple(order, starts);
}

py::tuple number_keys_(const py::array& keys) {
  if (keys.ndim() != 1 || keys.itemsize() == 0 || (keys.flags() & py::array::c_style) == 0) {
    throw std::invalid_argument("keys must be a contiguous vector");
  }
  Indices numbers(keys.size());
  const auto numbers_out = writable_indices(numbers);
  const std::span<const std::byte> bytes{static_cast<const std::byte*>(keys.data()),
                                         static_cast<std::size_t>(keys.nbytes())};
  const Index size = keys.itemsize();
  std::vector<Index> first;
  {
    const py::gil_scoped_release release;
    first = number_keys(bytes, size, numbers_out);
  }
  return py::make_tuple(numbers, Indices(static_cast<py::ssize_t>(first.size()), first.data()));
}

}  // namespace

void register_grouping(py::module_& module) {
  module.def("order_by_code", &order_by_code_);
  module.def("number_keys", &number_keys_);
}

}  // namespace elltwo::python
