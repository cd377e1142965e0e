#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>

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

using IndexSpan = std::variant<std::span<const std::int32_t>, std::span<const std::int64_t>>;

/// A read-only sparse matrix that somebody else owns, compressed by rows (CSR) or by columns (CSC): line
/// l holds values[e] at place indices[e] for e from starts[l] to starts[l + 1]. Places may come in any
/// order, and values of the same place add up. Nothing is trusted before it has been checked.
template <Real T>
struct SparseView {
  Index rows = 0;
  Index cols = 0;
  bool by_rows = true;
  std::span<const T> values;
  IndexSpan indices;
  IndexSpan starts;
};

}  // namespace elltwo
