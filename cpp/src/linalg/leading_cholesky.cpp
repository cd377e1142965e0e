#include "linalg/leading_cholesky.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/blas.hpp"
#include "parallel/interruption.hpp"

namespace elltwo {
namespace {

constexpr Index own_columns = 32;  // columns factored by loops of their own

/// leading_cholesky() of a matrix within the nearest cache, column by column.
Index leading_columns(Index n, double* a, Index lda, const double* least) {
  for (Index j = 0; j < n; ++j) {
    double* column = a + j * lda;
    if (!(column[j] > least[j])) return j;
    const double pivot = std::sqrt(column[j]);
    const double inverse = 1.0 / pivot;
    column[j] = pivot;
    for (Index i = j + 1; i < n; ++i) column[i] *= inverse;
    for (Index h = j + 1; h < n; ++h) {
      double* other = a + h * lda;
      const double factor = column[h];
      for (Index i = h; i < n; ++i) other[i] -= factor * column[i];
    }
  }
  return n;
}

}  // namespace

Index leading_cholesky(Index n, double* a, Index lda, const double* least, Monitor& monitor) {
  for (Index j = 0; j < n; j += own_columns) {
    check(monitor);
    const Index width = std::min(own_columns, n - j);
    const Index rest = n - j - width;
    double* diagonal = a + j * lda + j;
    const Index factored = leading_columns(width, diagonal, lda, least + j);
    if (factored < width) return j + factored;
    if (rest == 0) break;
    double* below = diagonal + width;
    blas::trsm(blas::Side::right, blas::Uplo::lower, blas::Op::transpose, rest, width, diagonal,
               lda, below, lda);
    blas::syrk(blas::Uplo::lower, rest, width, -1.0, below, lda, 1.0, below + width * lda, lda);
  }
  return n;
}

}  // namespace elltwo
