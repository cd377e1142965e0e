#pragma once

#include "elltwo/views.hpp"

namespace elltwo {

/// The rows that are packed for the kernels: those of the matrix
///   [ r_k s_j (x_kj - c_j - d_k) | r_k (y_kt - e_t) | r_k ]
/// with column shift c, column scale s, row shift d, row scale r. The y part and the last column
/// (ones) are optional. A null pointer stands for shift 0 or scale 1. In the dual, x is a
/// transposed view.
template <Real S>
struct Source {
  MatrixView<S> x;
  const Index* row_index = nullptr;  ///< row k is row row_index[k] of x and y; null: row k
  const double* col_shift = nullptr;
  const double* col_scale = nullptr;
  const double* row_shift = nullptr;
  const double* row_scale = nullptr;
  MatrixView<double> y{};  ///< without columns: there is no y part
  const double* y_shift = nullptr;
  const double* y_scale = nullptr;
  bool ones = false;

  Index rows() const { return x.rows; }
  Index cols() const { return x.cols + y.cols + (ones ? 1 : 0); }
  Index source_row(Index k) const { return row_index != nullptr ? row_index[k] : k; }
};

}  // namespace elltwo
