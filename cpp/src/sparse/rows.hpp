#pragma once

#include <cstdint>
#include <vector>

#include "elltwo/views.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// A sparse matrix by rows that has been checked: row i holds value[e] in column[e] for e from start[i]
/// to start[i + 1], columns ascending and different. Values and columns may be somebody else's.
template <Real T>
struct SparseRows {
  Index rows = 0;
  Index cols = 0;
  const Index* start = nullptr;
  const std::int32_t* column = nullptr;
  const T* value = nullptr;

  Buffer<Index> own_start{};
  Buffer<std::int32_t> own_column{};
  Buffer<T> own_value{};

  Index nonzeros() const { return start[rows]; }
};

/// Checks a matrix and brings it into this form, copying no more than its form demands. Throws
/// std::invalid_argument, naming X and what is wrong.
template <Real T>
SparseRows<T> checked_rows(const SparseView<T>& x, int n_threads);

/// The same matrix by columns: the rows of the transpose. Needs fewer than 2^31 rows.
template <Real T>
SparseRows<T> transposed(const SparseRows<T>& x);

/// Multiplies columns by powers of two. Rows of weight 0, which may leave the range of the arithmetic,
/// become zeros; weight may be null: ones.
template <Real T>
void scale_columns(const std::vector<double>& scale, const double* weight, SparseRows<T>& x);

/// Cuts the rows into pieces of about equally many values: n_pieces + 1 ascending row numbers.
template <Real T>
std::vector<Index> equal_pieces(const SparseRows<T>& x, Index n_pieces);

}  // namespace elltwo
