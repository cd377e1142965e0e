#include "solvers/ridge/unpenalised.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "linalg/lapack.hpp"

namespace elltwo {

Unpenalised::Unpenalised(Index n, const std::vector<double>& ones, Buffer<double> columns, Index q,
                         Monitor& monitor)
    : n_(n), q_(q), rank_(0), columns_(ones.empty() ? 0 : 1) {
  const Index k = std::min(n, q);
  basis_ = Buffer<double>(n * (columns_ + k));
  if (!ones.empty()) {
    double norm = 0.0;
    for (const double w : ones) norm += w * w;
    norm = std::sqrt(norm);
    for (Index i = 0; i < n; ++i) basis_[i] = ones[i] / norm;
  }
  if (q == 0) return;
  singular_ = Buffer<double>(k);
  vt_ = Buffer<double>(k * q);
  std::vector<Index> without_weight;
  for (Index i = 0; i < n; ++i) {
    bool zero = true;
    for (Index c = 0; c < q && zero; ++c) zero = columns[c * n + i] == 0.0;
    if (zero) without_weight.push_back(i);
  }
  lapack::gesdd(n, q, columns.data(), n, singular_.data(), basis_.data() + n * columns_, n,
                vt_.data(), k, monitor);
  const double cut =
      static_cast<double>(std::max(n, q)) * std::numeric_limits<double>::epsilon() * singular_[0];
  while (rank_ < k && singular_[rank_] > cut) ++rank_;
  double* basis = basis_.data() + n * columns_;
  for (Index c = 0; c < rank_; ++c) {  // rounding there would be all that such rows have
    for (const Index i : without_weight) basis[c * n + i] = 0.0;
  }
  columns_ += rank_;
}

void Unpenalised::project(double* v) const {
  for (Index c = 0; c < columns_; ++c) {
    const double* q = basis_.data() + c * n_;
    double dot = 0.0;
    for (Index i = 0; i < n_; ++i) dot += q[i] * v[i];
    for (Index i = 0; i < n_; ++i) v[i] -= dot * q[i];
  }
}

void Unpenalised::fit_features(double* v, double* beta) const {
  const Index k = std::min(n_, q_);
  std::fill_n(beta, q_, 0.0);
  for (Index c = 0; c < rank_; ++c) {
    const double* u = basis_.data() + (columns_ - rank_ + c) * n_;
    double dot = 0.0;
    for (Index i = 0; i < n_; ++i) dot += u[i] * v[i];
    for (Index i = 0; i < n_; ++i) v[i] -= dot * u[i];
    for (Index j = 0; j < q_; ++j) beta[j] += vt_[j * k + c] * (dot / singular_[c]);
  }
}

void Unpenalised::direction(Index direction, double* beta) const {
  const Index k = std::min(n_, q_);
  for (Index j = 0; j < q_; ++j) beta[j] = vt_[j * k + direction] / singular_[direction];
}

double Unpenalised::leverage(Index row) const {
  double sum = 0.0;
  for (Index c = 0; c < columns_; ++c) sum += basis_[c * n_ + row] * basis_[c * n_ + row];
  return sum;
}

void Unpenalised::deflate(double* k, Index ld, Monitor& monitor) const {
  if (columns_ == 0) return;
  // H = KQ - Q (Q^T K Q) / 2, so that the projected matrix is K - Q H^T - H Q^T.
  Buffer<double> h(n_ * columns_);
  Buffer<double> inner(columns_ * columns_);
  blas::symm(blas::Uplo::lower, n_, columns_, 1.0, k, ld, basis_.data(), n_, 0.0, h.data(), n_);
  blas::gemm(blas::Op::transpose, blas::Op::none, columns_, columns_, n_, 0.5, basis_.data(), n_,
             h.data(), n_, 0.0, inner.data(), columns_, monitor);
  blas::gemm(blas::Op::none, blas::Op::none, n_, columns_, columns_, -1.0, basis_.data(), n_,
             inner.data(), columns_, 1.0, h.data(), n_, monitor);
  blas::gemm(blas::Op::none, blas::Op::transpose, n_, n_, columns_, -1.0, basis_.data(), n_,
             h.data(), n_, 1.0, k, ld, monitor);
  blas::gemm(blas::Op::none, blas::Op::transpose, n_, n_, columns_, -1.0, h.data(), n_,
             basis_.data(), n_, 1.0, k, ld, monitor);
}

double Unpenalised::fill(double* k, Index ld, bool positive) const {
  if (columns_ == 0) return 0.0;
  std::vector<double> row_sum(n_, 0.0);
  double trace = 0.0;
  for (Index j = 0; j < n_; ++j) {
    trace += k[j * ld + j];
    for (Index i = j; i < n_; ++i) {
      row_sum[i] += std::abs(k[j * ld + i]);
      if (i > j) row_sum[j] += std::abs(k[j * ld + i]);
    }
  }
  const double mean = trace > 0.0 ? trace / static_cast<double>(n_) : 1.0;
  const double tau = positive ? mean : -*std::ranges::max_element(row_sum);
  blas::syrk(blas::Uplo::lower, n_, columns_, tau, basis_.data(), n_, 1.0, k, ld);
  return tau;
}

}  // namespace elltwo
