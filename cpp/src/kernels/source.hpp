#pragma once

#include "elltwo/views.hpp"

namespace elltwo {

/// Rows to be streamed through the packed kernels: the tall matrix
///   [ r_k s_j (x_kj - c_j - d_k) | r_k (y_kt - e_t) | r_k ]
/// with column shift c, column scale s, row shift d, row scale r; the y part and the last column
/// are optional. A null pointer means shift 0 or scale 1. In the dual, x is a transposed view.
template <Real S>
struct Source {
  MatrixView<S> x;
  const Index* row_index = nullptr;  ///< row k is x(row_index[k], .); null: row k itself
  const double* col_shift = nullptr;
  const double* col_scale = nullptr;
  const double* row_shift = nullptr;
  const double* row_scale = nullptr;
  MatrixView<double> y{};  ///< no columns: absent
  const double* y_shift = nullptr;
  const double* y_scale = nullptr;
  bool ones = false;

  Index rows() const { return x.rows; }
  Index cols() const { return x.cols + y.cols + (ones ? 1 : 0); }
  Index source_row(Index k) const { return row_index != nullptr ? row_index[k] : k; }
};

}  // namespace elltwo
