#pragma once

#include <pybind11/numpy.h>

#include <cstdint>

#include "arrays.hpp"
#include "elltwo/cross_validation.hpp"

namespace elltwo::python {

/// The tuple (group, n_groups, train, test) that describes the splits of a cross-validation.
struct SplitArguments {
  py::array_t<std::int32_t, py::array::c_style> group;
  Index n_groups;
  py::object train;
  py::object test;

  explicit SplitArguments(const py::tuple& splits) {
    require_size(splits, 4, "splits");
    group = py::cast<decltype(group)>(splits[0]);
    n_groups = py::cast<Index>(splits[1]);
    train = splits[2];
    test = splits[3];
  }

  /// All arrays of this record must outlive what is returned.
  Splits splits() const {
    return {.group = {group.data(), static_cast<std::size_t>(group.size())},
            .n_groups = n_groups,
            .train = optional_values("train", train),
            .test = optional_values("test", test)};
  }
};

}  // namespace elltwo::python
