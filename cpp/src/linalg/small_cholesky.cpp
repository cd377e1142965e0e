#include <algorithm>
#include <cmath>
#include <limits>

#include "elltwo/cholesky.hpp"
#include "linalg/buffer.hpp"
#include "linalg/lapack.hpp"

namespace elltwo {
namespace {

/// An array of n numbers, on the stack if there are at most small_posdef.
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

// Column by column; each column is subtracted from the rows below at once, so that loops along rows
// become vectors.
bool factor_small(Index n, double* lower, Index stride) {
  double column[small_posdef];
  for (Index j = 0; j < n; ++j) {
    double& pivot = lower[j * stride + j];
    if (!(pivot > 0.0)) return false;
    pivot = std::sqrt(pivot);
    const double reciprocal = 1.0 / pivot;
    for (Index i = j + 1; i < n; ++i) {
      double* row = lower + i * stride;
      column[i] = row[j] *= reciprocal;
      for (Index k = j + 1; k <= i; ++k) row[k] -= column[i] * column[k];
    }
  }
  return true;
}

// a_jj, the sum of the squares of row j of L.
double diagonal_entry(const double* row, Index j) {
  double square = 0.0;
  for (Index k = 0; k <= j; ++k) square += row[k] * row[k];
  return square;
}

// Whether all pivots are large enough for A to be positive definite to working precision.
bool pivots_suffice(Index n, const double* lower, Index stride) {
  const double least = static_cast<double>(n) * std::numeric_limits<double>::epsilon();
  for (Index j = 0; j < n; ++j) {
    const double* row = lower + j * stride;
    const double size = diagonal_entry(row, j);
    if (!(row[j] * row[j] > least * size) || !std::isfinite(size)) return false;
  }
  return true;
}

/// A lower triangle L and the reciprocals of its diagonal.
class Factor {
 public:
  Factor(Index n, const double* lower, Index stride)
      : n_(n), lower_(lower), stride_(stride), column_(n), reciprocal_(column_.data()) {
    for (Index i = 0; i < n; ++i) reciprocal_[i] = 1.0 / lower[i * (stride + 1)];
  }

  Factor(const Factor&) = delete;

  /// z = (L L^T)^-1 z
  void substitute(double* z) const {
    for (Index i = 0; i < n_; ++i) {
      const double* row = lower_ + i * stride_;
      double sum = z[i];
      for (Index k = 0; k < i; ++k) sum -= row[k] * z[k];
      z[i] = sum * reciprocal_[i];
    }
    for (Index i = n_ - 1; i >= 0; --i) {
      const double* row = lower_ + i * stride_;
      z[i] *= reciprocal_[i];
      for (Index k = 0; k < i; ++k) z[k] -= row[k] * z[i];
    }
  }

 private:
  Index n_;
  const double* lower_;
  Index stride_;
  Column column_;
  double* reciprocal_;
};

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

// A lower bound on the 1-norm of a symmetric operator by algorithm 2.4 of Higham (1988), without
// its last test vector, which guards against a cancellation that does not occur for definite
// matrices.
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
  // A lower triangle in row-major order is an upper one in column-major order.
  const bool positive = n <= small_posdef
                            ? factor_small(n, lower, lower_stride)
                            : lapack::potrf(blas::Uplo::upper, n, lower, lower_stride);
  return positive && pivots_suffice(n, lower, lower_stride);
}

bool cholesky_solve(Index n, Index n_rhs, const double* lower, Index lower_stride, double* b,
                    Index b_row_stride, Index b_col_stride) {
  const Factor factor(n, lower, lower_stride);
  Column column(n);
  double* z = column.data();
  for (Index t = 0; t < n_rhs; ++t) {
    double* target = b + t * b_col_stride;
    for (Index i = 0; i < n; ++i) z[i] = target[i * b_row_stride];
    factor.substitute(z);
    double not_finite = 0.0;  // z - z is 0 or NaN
    for (Index i = 0; i < n; ++i) not_finite += z[i] - z[i];
    if (not_finite != 0.0) return false;
    for (Index i = 0; i < n; ++i) target[i * b_row_stride] = z[i];
  }
  return true;
}

double cholesky_rcond(Index n, const double* lower, Index lower_stride) {
  const Factor factor(n, lower, lower_stride);
  Column sizes(n);
  Column reciprocals(n);
  double* d = sizes.data();  // square roots of the diagonal of A
  double* r = reciprocals.data();
  for (Index j = 0; j < n; ++j) {
    d[j] = std::sqrt(diagonal_entry(lower + j * lower_stride, j));
    r[j] = 1.0 / d[j];
  }
  const auto times = [n](const double* scale, double* z) {
    for (Index i = 0; i < n; ++i) z[i] *= scale[i];
  };
  const double norm = one_norm(n, [&](double* z) {
    times(r, z);
    multiply(n, lower, lower_stride, z);
    times(r, z);
  });
  const double inverse_norm = one_norm(n, [&](double* z) {
    times(d, z);
    factor.substitute(z);
    times(d, z);
  });
  return 1.0 / (norm * inverse_norm);
}

}  // namespace elltwo
