#pragma once

#include "elltwo/views.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// A matrix B, packed once for the Gram kernels, for products with many other columns. Bits of a
/// product depend on shapes alone.
class PackedBasis {
 public:
  PackedBasis() = default;

  /// b is m x cols, column-major, and need not outlive the object.
  PackedBasis(Index m, Index cols, const double* b, Index ldb);

  /// The number of columns, rounded up to whole vectors.
  Index padded() const { return panels_ * width_; }

  /// out = B^T z for n columns z of m entries; ld_out is at least padded(), and rows
  /// of out from the number of columns on become zero.
  void products(Index n, const double* z, Index ldz, double* out, Index ld_out) const;

 private:
  Index stride() const { return block_ * width_ + width_; }
  Index block_size() const { return panels_ * stride(); }

  Index m_ = 0;
  Index width_ = 1;
  Index panels_ = 0;
  Index block_ = 1;  // rows of B that are packed together
  Buffer<double> packed_;
};

}  // namespace elltwo
