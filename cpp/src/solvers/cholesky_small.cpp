#include <algorithm>
#include <cmath>
#include <limits>

#include "elltwo/cholesky.hpp"
#include "linalg/buffer.hpp"
#include "linalg/lapack.hpp"

namespace elltwo {
namespace {

/// n numbers on the stack where they are few.
class Column {
 public:
  explicit Column(Index n) {
    if (n > small_posdef) large_ = Buffer<double>(n);
  }
  double* data() { return large_.size() > 0 ? large_.data() : small_; }

 private:
  double small_[small_posdef];
  Buffer<double> large_;
};

bool factor_small(Index n, double* lower, Index stride) {
  double reciprocal[small_posdef];
  for (Index j = 0; j < n; ++j) {
    double* row = lower + j * stride;
    double pivot = row[j];
    for (Index i = 0; i < j; ++i) {
      const double* other = lower + i * stride;
      double sum = row[i];
      for (Index k = 0; k < i; ++k) sum -= row[k] * other[k];
      row[i] = sum * reciprocal[i];
      pivot -= row[i] * row[i];
    }
    if (!(pivot > 0.0)) return false;
    row[j] = std::sqrt(pivot);
    reciprocal[j] = 1.0 / row[j];
  }
  return true;
}

// A row's squares add up to its diagonal entry of A.
double row_norm(const double* row, Index j) {
  double square = 0.0;
  for (Index k = 0; k <= j; ++k) square += row[k] * row[k];
  return std::sqrt(square);
}

bool pivots_count(Index n, const double* lower, Index stride) {
  const double least = std::sqrt(static_cast<double>(n) * std::numeric_limits<double>::epsilon());
  for (Index j = 0; j < n; ++j) {
    const double* row = lower + j * stride;
    const double size = row_norm(row, j);
    if (!(row[j] > least * size) || !std::isfinite(size)) return false;
  }
  return true;
}

// z = (L L^T)^-1 z
void substitute(Index n, const double* lower, Index stride, double* z) {
  for (Index i = 0; i < n; ++i) {
    const double* row = lower + i * stride;
    double sum = z[i];
    for (Index k = 0; k < i; ++k) sum -= row[k] * z[k];
    z[i] = sum / row[i];
  }
  for (Index i = n - 1; i >= 0; --i) {
    const double* row = lower + i * stride;
    z[i] /= row[i];
    for (Index k = 0; k < i; ++k) z[k] -= row[k] * z[i];
  }
}

// z = L L^T z
void multiply(Index n, const double* lower, Index stride, double* z) {
  for (Index i = 0; i < n; ++i) {
    double sum = 0.0;
    for (Index k = i; k < n; ++k) sum += lower[k * stride + i] * z[k];
    z[i] = sum;
  }
  for (Index i = n - 1; i >= 0; --i) {
    double sum = 0.0;
    for (Index k = 0; k <= i; ++k) sum += lower[i * stride + k] * z[k];
    z[i] = sum;
  }
}

// A lower bound on the 1-norm of a symmetric operator: Higham (1988), algorithm 2.4, without its last
// alternative vector, which guards against cancellation that definite matrices do not show.
template <class Apply>
double one_norm(Index n, const Apply& apply) {
  Column start(n);
  Column signs(n);
  double* x = start.data();
  double* s = signs.data();
  std::fill_n(x, n, 1.0 / static_cast<double>(n));
  double norm = 0.0;
  for (int round = 0; round < 5; ++round) {
    apply(x);
    double sum = 0.0;
    for (Index i = 0; i < n; ++i) sum += std::abs(x[i]);
    if (round > 0 && sum <= norm) break;
    norm = sum;
    for (Index i = 0; i < n; ++i) s[i] = x[i] < 0.0 ? -1.0 : 1.0;
    apply(s);
    const auto steepest =
        std::max_element(s, s + n, [](double a, double b) { return std::abs(a) < std::abs(b); });
    std::fill_n(x, n, 0.0);
    x[steepest - s] = 1.0;
  }
  return norm;
}

}  // namespace

bool cholesky_factor(Index n, const double* a, Index a_stride, double* lower, Index lower_stride) {
  for (Index i = 0; a != lower && i < n; ++i) {
    std::copy_n(a + i * a_stride, i + 1, lower + i * lower_stride);
  }
  // What is lower by rows is upper by columns.
  const bool positive = n <= small_posdef
                            ? factor_small(n, lower, lower_stride)
                            : lapack::potrf(blas::Uplo::upper, n, lower, lower_stride);
  return positive && pivots_count(n, lower, lower_stride);
}

bool cholesky_solve(Index n, Index n_rhs, const double* lower, Index lower_stride, double* b,
                    Index b_row_stride, Index b_col_stride) {
  Column column(n);
  double* z = column.data();
  for (Index t = 0; t < n_rhs; ++t) {
    double* target = b + t * b_col_stride;
    for (Index i = 0; i < n; ++i) z[i] = target[i * b_row_stride];
    substitute(n, lower, lower_stride, z);
    double not_finite = 0.0;  // z - z is 0 or NaN
    for (Index i = 0; i < n; ++i) not_finite += z[i] - z[i];
    if (not_finite != 0.0) return false;
    for (Index i = 0; i < n; ++i) target[i * b_row_stride] = z[i];
  }
  return true;
}

double cholesky_rcond(Index n, const double* lower, Index lower_stride) {
  Column sizes(n);
  double* d = sizes.data();  // square roots of the diagonal of A
  for (Index j = 0; j < n; ++j) d[j] = row_norm(lower + j * lower_stride, j);
  const auto scale = [&](double* z) {
    for (Index i = 0; i < n; ++i) z[i] /= d[i];
  };
  const auto unscale = [&](double* z) {
    for (Index i = 0; i < n; ++i) z[i] *= d[i];
  };
  const double norm = one_norm(n, [&](double* z) {
    scale(z);
    multiply(n, lower, lower_stride, z);
    scale(z);
  });
  const double inverse_norm = one_norm(n, [&](double* z) {
    unscale(z);
    substitute(n, lower, lower_stride, z);
    unscale(z);
  });
  return 1.0 / (norm * inverse_norm);
}

}  // namespace elltwo
