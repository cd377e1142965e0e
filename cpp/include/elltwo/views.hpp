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

/// A read-only matrix in memory of the caller: element (i, j) is data[i * row_stride + j *
/// col_stride]. Strides count elements and may be negative; matrices are never copied to make
/// strides regular.
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

/// The same of all values of a vector, an array or a span: as many whole rows as they make.
template <class Values>
  requires requires(const Values& values) { row_major(values.data(), Index{}, Index{}); }
auto row_major(const Values& values, Index cols) {
  return row_major(values.data(), static_cast<Index>(values.size()) / cols, cols);
}

using IndexSpan = std::variant<std::span<const std::int32_t>, std::span<const std::int64_t>>;

/// A read-only sparse matrix in memory of the caller, compressed by rows (CSR) or by columns (CSC):
/// line l holds values[e] at place indices[e] for e from starts[l] to starts[l + 1] - 1. The places
/// of a line may come in any order; values at the same place are added. Functions that take a
/// matrix check all of its arrays first.
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
