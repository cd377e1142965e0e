#pragma once

#include <vector>

#include "linalg/buffer.hpp"

namespace elltwo {

/// A symmetric tridiagonal matrix, to whose diagonal shifts are added.
struct Tridiagonal {
  std::vector<double> diagonal;
  std::vector<double> beside;  ///< one fewer, or none: zeros

  Index size() const { return static_cast<Index>(diagonal.size()); }

  /// T + shift I = L D L^T: `lower[k * stride]` is L's entry below its k-th one (0 for the last), and
  /// `inverse[k * stride]` is 1 / D_k, or 0 where D_k is not positive. An infinite shift gives zeros.
  void factor(double shift, Index stride, double* lower, double* inverse) const;

  /// x = (T + shift I)^-1 c for n vectors, the columns of c and x.
  void solve(double shift, Index n, const double* c, Index ldc, double* x, Index ldx) const;

  /// out = T x for one vector.
  void multiply(const double* x, double* out) const;

  /// Ascending.
  std::vector<double> eigenvalues() const;

  /// In the same order, as columns.
  Buffer<double> eigenvectors() const;
};

/// The tridiagonal form Q^T a Q of a symmetric matrix, given by its lower triangle; Q takes a's place.
Tridiagonal tridiagonalise(Index n, double* a, Index lda);

}  // namespace elltwo
