#include "linalg/lapack.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "linalg/lapack_calls.hpp"
#include "parallel/interruption.hpp"

namespace elltwo::lapack {

using fortran::Int;
using linalg::InBlas;
using linalg::narrow;

bool potrf(blas::Uplo uplo, Index n, double* a, Index lda) {
  const InBlas guard;
  const char ul = static_cast<char>(uplo);
  const Int nn = narrow(n), la = narrow(lda);
  Int info = 0;
  fortran::dpotrf(&ul, &nn, a, &la, &info);
  throw_if_bug(info, "potrf");
  return info == 0;
}

bool potrf(blas::Uplo uplo, Index n, float* a, Index lda) {
  const InBlas guard;
  const char ul = static_cast<char>(uplo);
  const Int nn = narrow(n), la = narrow(lda);
  Int info = 0;
  fortran::spotrf(&ul, &nn, a, &la, &info);
  throw_if_bug(info, "potrf");
  return info == 0;
}

namespace {

/// Higham's estimate of the 1-norm of A^-1, from solutions with triangles; as dpocon and dtrcon.
class InverseNorm {
 public:
  InverseNorm(Index n, Monitor& monitor)
      : n_(narrow(n)), monitor_(monitor), v_(n), x_(n), column_norms_(n), signs_(n) {}

  // 1 / |A^-1|, where apply(transposed, solve) makes of x A^-1 x, or A^-T x, by calls of
  // solve(uplo, trans, a, lda); 0 where it overflows.
  template <class Apply>
  double reciprocal(Apply apply) {
    double estimate = 0.0;
    Int kase = 0, state[3] = {};
    for (;;) {
      check(monitor_);
      {
        const InBlas guard;
        fortran::dlacn2(&n_, v_.data(), x_.data(), signs_.data(), &estimate, &kase, state);
      }
      if (kase == 0) return estimate != 0.0 ? 1.0 / estimate : 0.0;
      scale_ = 1.0;
      apply(kase == 2);
      if (scale_ != 1.0 && !rescale()) return 0.0;
    }
  }

  void solve(char uplo, char trans, const double* a, Index lda) {
    check(monitor_);
    const InBlas guard;
    const char diag = 'N';
    const Int la = narrow(lda);
    double scale = 1.0;
    Int info = 0;
    fortran::dlatrs(&uplo, &trans, &diag, known_norms_ ? "Y" : "N", &n_, a, &la, x_.data(), &scale,
                    column_norms_.data(), &info);
    throw_if_bug(info, "latrs");
    known_norms_ = true;
    scale_ *= scale;
  }

 private:
  // The solutions were multiplied by the scale so as not to overflow.
  bool rescale() {
    double largest = 0.0;
    for (Index i = 0; i < n_; ++i) largest = std::max(largest, std::abs(x_[i]));
    if (scale_ < largest * std::numeric_limits<double>::min() || scale_ == 0.0) return false;
    for (Index i = 0; i < n_; ++i) x_[i] *= 1.0 / scale_;
    return true;
  }

  Int n_;
  Monitor& monitor_;
  Buffer<double> v_, x_, column_norms_;
  Buffer<Int> signs_;
  bool known_norms_ = false;
  double scale_ = 1.0;
};

}  // namespace

double pocon(blas::Uplo uplo, Index n, const double* a, Index lda, double norm, Monitor& monitor) {
  if (n == 0) return 1.0;
  if (norm == 0.0) return 0.0;
  const char ul = static_cast<char>(uplo);
  const bool lower = uplo == blas::Uplo::lower;
  InverseNorm inverse(n, monitor);
  return inverse.reciprocal([&](bool) {
    inverse.solve(ul, lower ? 'N' : 'T', a, lda);
    inverse.solve(ul, lower ? 'T' : 'N', a, lda);
  }) / norm;
}

double trcon(Index n, const double* a, Index lda, Monitor& monitor) {
  if (n == 0) return 1.0;
  double norm = 0.0;
  for (Index j = 0; j < n; ++j) {
    double sum = 0.0;
    for (Index i = 0; i <= j; ++i) sum += std::abs(a[j * lda + i]);
    norm = std::max(norm, sum);
  }
  if (!(norm > 0.0)) return 0.0;
  InverseNorm inverse(n, monitor);
  return 1.0 / norm * inverse.reciprocal([&](bool transposed) {
    inverse.solve('U', transposed ? 'T' : 'N', a, lda);
  });
}

}  // namespace elltwo::lapack
