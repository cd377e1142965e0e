#include <algorithm>
#include <cmath>

#include "linalg/lapack.hpp"
#include "parallel/interruption.hpp"
#include "parallel/row_blocks.hpp"
#include "solvers/ridge_path/dual.hpp"

namespace elltwo {

using blas::Op;

template <Real T>
Index DualPath<T>::n_directions() const {
  return free_->rank_of_features() + static_cast<Index>(s_.size());
}

// sqrt(w) (x - shift) of some features (rows x features); what the shift leaves of the mean is
// orthogonal to every direction.
template <Real T>
void DualPath<T>::weighted_features(Index first, Index count, double* z) const {
  const Index n = this->problem_.n_samples();
  for (Index c = 0; c < count; ++c) {
    const Index j = first + c;
    const double shift = roles_->centred ? this->shift_[j] : 0.0;
    double* column = z + c * n;
    this->copy_feature(j, column);
    for (Index i = 0; i < n; ++i) column[i] = this->root_weight(i) * (column[i] - shift);
  }
}

// Of the kernel beyond what is unpenalised, in the order of s_; n x directions.
template <Real T>
Buffer<double> DualPath<T>::eigenvectors() const {
  const Index n = this->problem_.n_samples();
  const auto kept = static_cast<Index>(s_.size());
  double unused = 0.0;
  auto v = this->projected_kernel(*roles_, *free_, false, unused);
  Buffer<double> s(n), u(std::max<Index>(1, n * kept));
  lapack::syevd(blas::Uplo::lower, n, v.data(), n, s.data());
  for (Index k = 0; k < kept; ++k) std::copy_n(v.data() + (n - 1 - k) * n, n, u.data() + k * n);
  return u;
}

// B = F^-1 Z^T U / sqrt(s), the penalised directions.
template <Real T>
bool DualPath<T>::penalised_basis(double* out) {
  auto& problem = this->problem_;
  const Index n = problem.n_samples(), p = problem.n_features();
  const Index all = n_directions(), rank = free_->rank_of_features(), kept = all - rank;
  const bool diagonal = solver_ == Solver::svd;
  const Buffer<double> own = diagonal ? Buffer<double>() : eigenvectors();
  const double* u = diagonal ? u_.data() : own.data();
  const auto block = [&](Index, Index first, Index count) {
    Buffer<double> z(n * count);
    weighted_features(first, count, z.data());
    blas::gemm(Op::transpose, Op::none, kept, count, n, 1.0, u, n, z.data(), n, 0.0,
               out + first * all + rank, all);
    for (Index j = first; j < first + count; ++j) {
      const double inverse = roles_->inverse_factor[j];
      for (Index k = 0; k < kept; ++k) {
        out[j * all + rank + k] *= inverse / std::sqrt(s_[k]);
      }
    }
  };
  if (roles_->penalised_intercept) {
    for (Index k = 0; k < kept; ++k) {
      double sum = 0.0;
      for (Index i = 0; i < n; ++i) sum += this->root_weight(i) * u[k * n + i];
      out[p * all + rank + k] = problem.intercept_inverse_factor() * sum / std::sqrt(s_[k]);
    }
  }
  const double work = 2.0 * static_cast<double>(n) * static_cast<double>(p * kept);
  return completed(
      [&] { over_row_blocks(p, work, problem.options().n_threads, problem.monitor(), block); });
}

// The rows of the free features: their own directions, and minus what of the others they take over.
template <Real T>
bool DualPath<T>::free_basis(double* out) {
  auto& problem = this->problem_;
  const Index n = problem.n_samples(), p = problem.n_features();
  const Index all = n_directions(), rank = free_->rank_of_features(), kept = all - rank;
  std::vector<double> beta(roles_->free.size());
  const auto write = [&](Index k, double sign) {
    for (std::size_t c = 0; c < beta.size(); ++c) out[roles_->free[c] * all + k] = sign * beta[c];
  };
  auto fitted = Buffer<double>::zeros(std::max<Index>(1, n * kept));
  constexpr Index block = 64;
  Buffer<double> z(n * block);
  for (Index first = 0; kept > 0 && first < p; first += block) {
    const Index count = std::min(block, p - first);
    weighted_features(first, count, z.data());
    blas::gemm(Op::none, Op::transpose, n, kept, count, 1.0, z.data(), n, out + first * all + rank,
               all, 1.0, fitted.data(), n);
    if (problem.monitor().should_stop()) return false;
  }
  for (Index k = 0; k < kept; ++k) {
    double* column = fitted.data() + k * n;
    for (Index i = 0; i < n; ++i) column[i] += this->root_weight(i) * out[p * all + rank + k];
    free_->fit_features(column, beta.data());
    write(rank + k, -1.0);
  }
  for (Index k = 0; k < rank; ++k) {
    free_->direction(k, beta.data());
    const double root = std::sqrt(problem.weight_scale());
    for (double& value : beta) value *= root;
    write(k, 1.0);
  }
  return true;
}

template <Real T>
bool DualPath<T>::basis(double* out) {
  if (this->problem_.sparse() != nullptr) this->sparse_features();
  if (!s_.empty() && !penalised_basis(out)) return false;
  return roles_->free.empty() || free_basis(out);
}

template Index DualPath<double>::n_directions() const;
template Index DualPath<float>::n_directions() const;
template bool DualPath<double>::basis(double*);
template bool DualPath<float>::basis(double*);

}  // namespace elltwo
