#pragma once

#include <cstdint>
#include <vector>

#include "elltwo/views.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// A checked sparse matrix by rows: row i has value[e] in column[e] for e = start[i], ..., start[i
/// + 1] - 1, with strictly ascending columns. Its arrays are own_* below, or belong to the caller.
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

/// Checks a matrix and converts it to this form, with copies of those arrays alone that must
/// change. Throws std::invalid_argument that names X and the defect.
template <Real T>
SparseRows<T> checked_rows(const SparseView<T>& x, int n_threads);

/// The same checks, and the matrix by columns: the rows of the transpose. Copies nothing of one
/// that is compressed by columns with ascending places of 32 bits.
template <Real T>
SparseRows<T> checked_columns(const SparseView<T>& x, int n_threads);

/// The same matrix by columns: the rows of the transpose. Needs fewer than 2^31 rows.
template <Real T>
SparseRows<T> transposed(const SparseRows<T>& x);

/// Multiplies columns by powers of two. Rows of weight 0 become zeros, since their values might
/// overflow. weight may be null (ones).
template <Real T>
void scale_columns(const std::vector<double>& scale, const double* weight, SparseRows<T>& x);

/// Cuts the rows into n_pieces pieces with about equally many values. Returns the first row of
/// each, then the number of rows.
template <Real T>
std::vector<Index> equal_pieces(const SparseRows<T>& x, Index n_pieces);

}  // namespace elltwo
