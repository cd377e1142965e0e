#pragma once

#include <concepts>
#include <cstddef>

namespace elltwo {

using Index = std::ptrdiff_t;

template <class T>
concept Real = std::same_as<T, float> || std::same_as<T, double>;

/// A read-only matrix that somebody else owns: element (i, j) is data[i * row_stride + j * col_stride].
/// Strides count elements and may be negative; nothing is ever copied to make them regular.
template <Real T>
struct MatrixView {
  const T* data = nullptr;
  Index rows = 0;
  Index cols = 0;
  Index row_stride = 0;
  Index col_stride = 0;

  const T& operator()(Index i, Index j) const { return data[i * row_stride + j * col_stride]; }

  MatrixView transposed() const { return {data, cols, rows, col_stride, row_stride}; }

  MatrixView column(Index j) const {
    return {data + j * col_stride, rows, 1, row_stride, col_stride};
  }

  bool empty() const { return rows == 0 || cols == 0; }
};

/// A row-major view of contiguous rows.
template <Real T>
MatrixView<T> row_major(const T* data, Index rows, Index cols) {
  return {data, rows, cols, cols, 1};
}

}  // namespace elltwo
