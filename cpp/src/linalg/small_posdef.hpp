#pragma once

#include <algorithm>
#include <cmath>

#include "elltwo/views.hpp"

/// Small positive definite systems without allocation: L L^T = S A S with S = diag(A)^-1/2.
namespace elltwo::small {

/// Factors S A S = L L^T for the p x p matrix A given by its upper triangle, row-major, with
/// penalty(j) added to entry (j, j). Writes S to `scale` and L (p x p, row-major) to `lower`, with
/// reciprocals on its diagonal. False if a pivot is not positive.
template <class Penalty>
bool factor(const double* gram, Index ld, Index p, const Penalty& penalty, double* scale,
            double* lower) {
  for (Index j = 0; j < p; ++j) scale[j] = 1.0 / std::sqrt(gram[j * ld + j] + penalty(j));
  for (Index j = 0; j < p; ++j) {
    double* row = lower + j * p;
    for (Index i = 0; i <= j; ++i) {
      double sum = i == j ? 1.0 : gram[i * ld + j] * scale[i] * scale[j];
      const double* other = lower + i * p;
      for (Index k = 0; k < i; ++k) sum -= row[k] * other[k];
      if (i < j) row[i] = sum * other[i];
      else if (!(sum > 0.0)) return false;
      else row[i] = 1.0 / std::sqrt(sum);
    }
  }
  return true;
}

/// z = (L L^T)^-1 z.
inline void substitute(Index p, const double* lower, double* z) {
  for (Index i = 0; i < p; ++i) {
    for (Index k = 0; k < i; ++k) z[i] -= lower[i * p + k] * z[k];
    z[i] *= lower[i * p + i];
  }
  for (Index i = p - 1; i >= 0; --i) {
    z[i] *= lower[i * p + i];
    for (Index k = 0; k < i; ++k) z[k] -= lower[i * p + k] * z[i];
  }
}

/// 1 / (|M|_1 |M^-1|_1) of the unit-diagonal matrix M = S A S of factor(), in O(p^3) operations.
template <Index MostColumns, class Penalty>
double rcond(const double* gram, Index ld, Index p, const Penalty& penalty, const double* scale,
             const double* lower) {
  double norm = 0.0;
  double inverse_norm = 0.0;
  for (Index j = 0; j < p; ++j) {
    double sum = 0.0;
    double column[MostColumns] = {};
    column[j] = 1.0;
    substitute(p, lower, column);
    double inverse_sum = 0.0;
    for (Index i = 0; i < p; ++i) {
      const double entry = gram[std::min(i, j) * ld + std::max(i, j)] + (i == j ? penalty(j) : 0.0);
      sum += std::abs(entry * scale[i] * scale[j]);
      inverse_sum += std::abs(column[i]);
    }
    norm = std::max(norm, sum);
    inverse_norm = std::max(inverse_norm, inverse_sum);
  }
  return 1.0 / (norm * inverse_norm);
}

}  // namespace elltwo::small
