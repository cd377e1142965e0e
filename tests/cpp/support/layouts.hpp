#pragma once

#include <array>
#include <cstdlib>
#include <limits>
#include <vector>

#include "elltwo/views.hpp"

namespace elltwo::test {

/// How a matrix lies in memory.
struct Layout {
  const char* name;
  bool column_major;
  Index step = 1;  ///< between neighbours in the inner direction
  Index gap = 0;   ///< elements between the end of a line and the next
  bool reverse_rows = false;
  bool reverse_cols = false;
};

inline constexpr std::array layouts{
    Layout{.name = "row-major", .column_major = false},
    Layout{.name = "row-major, gaps between rows", .column_major = false, .gap = 3},
    Layout{.name = "row-major, every other element", .column_major = false, .step = 2, .gap = 1},
    Layout{.name = "row-major, rows reversed", .column_major = false, .reverse_rows = true},
    Layout{.name = "row-major, columns reversed",
           .column_major = false,
           .gap = 2,
           .reverse_cols = true},
    Layout{.name = "column-major", .column_major = true},
    Layout{.name = "column-major, gaps between columns", .column_major = true, .gap = 5},
    Layout{.name = "column-major, every third element", .column_major = true, .step = 3},
    Layout{.name = "column-major, rows reversed", .column_major = true, .reverse_rows = true},
    Layout{.name = "column-major, columns reversed", .column_major = true, .reverse_cols = true},
    Layout{.name = "column-major, both reversed",
           .column_major = true,
           .step = 2,
           .gap = 1,
           .reverse_rows = true,
           .reverse_cols = true}};

/// A matrix in a layout: exactly the memory that it spans, NaN where nothing belongs to it.
template <Real T>
struct LaidOut {
  std::vector<T> storage;
  MatrixView<T> view;
};

template <Real T, class From>
LaidOut<T> lay_out(const Layout& layout, const From& from) {
  const Index n = from.rows;
  const Index p = from.cols;
  Index row_stride = layout.column_major ? layout.step : p * layout.step + layout.gap;
  Index col_stride = layout.column_major ? n * layout.step + layout.gap : layout.step;
  const Index size = 1 + (n - 1) * row_stride + (p - 1) * col_stride;
  LaidOut<T> out{.storage = std::vector<T>(size, std::numeric_limits<T>::quiet_NaN()), .view = {}};
  T* first = out.storage.data();
  if (layout.reverse_rows) {
    first += (n - 1) * row_stride;
    row_stride = -row_stride;
  }
  if (layout.reverse_cols) {
    first += (p - 1) * col_stride;
    col_stride = -col_stride;
  }
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < p; ++j)
      first[i * row_stride + j * col_stride] = static_cast<T>(from(i, j));
  }
  out.view = {first, n, p, row_stride, col_stride};
  return out;
}

}  // namespace elltwo::test
