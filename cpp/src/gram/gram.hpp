#pragma once

#include "elltwo/monitor.hpp"
#include "kernels/source.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// The upper triangle of the Gram matrix of a source's columns, row-major: X^T X, X^T Y, X^T 1 and,
/// of the extra columns among themselves, the diagonal and the products with the ones.
class GramMatrix {
 public:
  GramMatrix() = default;
  GramMatrix(Index cols, Index padded_cols, Buffer<double> values)
      : cols_(cols), ld_(padded_cols), values_(std::move(values)) {}

  Index cols() const { return cols_; }
  Index ld() const { return ld_; }
  Index size() const { return values_.size(); }
  double* data() { return values_.data(); }
  const double* data() const { return values_.data(); }

  /// Adds the Gram matrix of other rows of the same n_x and further columns about the same shifts,
  /// `times` over.
  void add(const GramMatrix& other, double times, Index n_x);

  /// Entry (i, j) with i <= j.
  double operator()(Index i, Index j) const { return values_[i * ld_ + j]; }

 private:
  Index cols_ = 0;
  Index ld_ = 0;
  Buffer<double> values_;
};

/// Streams the source once. Products are formed in T, block sums added in double. The result
/// depends on the shape alone, to the last bit, whatever n_threads is. Defined for (double, double),
/// (float, float), (double, float) and (float, double).
template <Real S, Real T>
GramMatrix gram(const Source<S>& source, int n_threads, Monitor& monitor);

}  // namespace elltwo
