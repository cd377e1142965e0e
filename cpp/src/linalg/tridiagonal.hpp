#pragma once

#include <vector>

#include "elltwo/monitor.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// A symmetric tridiagonal matrix T, and systems with T + shift I.
struct Tridiagonal {
  std::vector<double> diagonal;
  std::vector<double> beside;  ///< the subdiagonal, one entry fewer; empty: zeros

  Index size() const { return static_cast<Index>(diagonal.size()); }

  /// Factors T + shift I = L D L^T. lower[k * stride] becomes the entry of L below its k-th
  /// diagonal entry (0 for the last), inverse[k * stride] becomes 1 / D_k, or 0 where D_k is not
  /// positive. An infinite shift gives zeros.
  void factor(double shift, Index stride, double* lower, double* inverse) const;

  /// x = (T + shift I)^-1 c for n vectors, the columns of c and x.
  void solve(double shift, Index n, const double* c, Index ldc, double* x, Index ldx) const;

  /// out = T x for one vector.
  void multiply(const double* x, double* out) const;

  /// The eigenvalues of T, ascending. Throws Interrupted.
  std::vector<double> eigenvalues(Monitor& monitor) const;

  /// The eigenvectors of T in the same order, as columns. Throws Interrupted.
  Buffer<double> eigenvectors(Monitor& monitor) const;
};

/// A tridiagonal form and its eigenvalues, ascending.
struct TridiagonalForm {
  Tridiagonal t;
  std::vector<double> eigenvalues;
};

/// The tridiagonal form Q^T a Q of a symmetric matrix given by its lower triangle; Q overwrites a.
/// A second thread computes the eigenvalues while the first one forms Q. Throws Interrupted.
TridiagonalForm tridiagonalise(Index n, double* a, Index lda, int n_threads, Monitor& monitor);

}  // namespace elltwo
