#pragma once

#include "linalg/buffer.hpp"

namespace elltwo::network {

/// The normal equations of a last layer: `scale` times the products of its inputs and a one, which
/// is the last of n columns, with the penalty alpha on all but the last.
struct HeadSystem {
  Index n;
  const Buffer<double>& sums;  // rows of ld numbers
  Index ld;
  double scale;
  double alpha;

  /// Their lower triangle, column-major, the diagonal of the products raised by `lift` of it.
  Buffer<double> lower(double lift) const {
    Buffer<double> matrix(n * n);
    for (Index i = 0; i < n; ++i) {
      for (Index j = 0; j < n; ++j) matrix[i * n + j] = scale * sums[i * ld + j];
      double& diagonal = matrix[i * n + i];
      diagonal = diagonal * (1.0 + lift) + (i + 1 < n ? alpha : 0.0);
      if (diagonal <= 0.0) diagonal = 1.0;  // an input that is always zero
    }
    return matrix;
  }

  /// Calls solve(lower) without a lift, and then with lifts from the first on, until it succeeds.
  /// False if it never does.
  template <class Solve>
  bool solved(double first_lift, Solve solve) const {
    for (double lift = 0.0; lift < 1.0; lift = lift == 0.0 ? first_lift : 100.0 * lift) {
      if (solve(lower(lift))) return true;
    }
    return false;
  }
};

}  // namespace elltwo::network
