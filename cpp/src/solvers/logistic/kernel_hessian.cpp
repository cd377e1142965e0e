#include "solvers/logistic/kernel_hessian.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "gram/stream.hpp"
#include "linalg/blas.hpp"
#include "linalg/cholesky.hpp"
#include "parallel/interruption.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/logistic/thresholds.hpp"

namespace elltwo {
namespace {

/// Passes over the data in the time of the kernel's products with a row, and of a row and column of
/// the factorisation.
constexpr double cost_a_row = 1.0 / 60;
constexpr double factor_cost_a_row = 1.0 / 180;

}  // namespace

template <Real T>
double KernelHessian<T>::cost() const {
  const auto n = static_cast<double>(problem_.rows().n);
  const auto p = static_cast<double>(problem_.cols());
  const double products = kernel_.size() == 0 ? cost_a_row * n : 0.0;
  return 1.0 + products + factor_cost_a_row * n * n / p;
}

template <Real T>
void KernelHessian<T>::set_inverse_roots() {
  const Index p = problem_.n_features();
  inverse_root_.assign(p, 0.0);
  rank_ = problem_.cols() - p;
  for (Index j = 0; j < p; ++j) {
    if (!problem_.moves(j)) continue;
    inverse_root_[j] = 1.0 / std::sqrt(problem_.penalty(j));
    ++rank_;
  }
}

template <Real T>
void KernelHessian<T>::form_kernel() {
  const auto features = rounded_.features(inverse_root_.data());
  const int n_threads = problem_.options().n_threads;
  kernel_ = in_float_ ? gram<float, float>(features, n_threads, problem_.monitor())
                      : gram<float, double>(features, n_threads, problem_.monitor());
}

template <Real T>
void KernelHessian<T>::refresh(const LogisticPoint& at, const LogisticRows& rows) {
  root_curvature_.resize(rows.n);
  std::transform(at.curvature.begin(), at.curvature.end(), root_curvature_.begin(),
                 [](double h) { return std::sqrt(h); });
  if (inverse_root_.empty()) {
    set_inverse_roots();
    form_kernel();
  }
  factor();
}

template <Real T>
void KernelHessian<T>::change_penalty() {
  set_inverse_roots();
  form_kernel();
  factor();
}

// The largest 1-norm of a column of E.
template <Real T>
double KernelHessian<T>::largest_row_sum() const {
  const auto n = static_cast<Index>(root_curvature_.size());
  std::vector<double> sums(n, 1.0);
  for (Index i = 0; i < n; ++i) {
    const double* row = kernel_.data() + i * kernel_.ld();
    const double d = root_curvature_[i];
    double sum = d * row[i] * d;
    for (Index j = i + 1; j < n; ++j) {
      const double e = d * std::abs(row[j]) * root_curvature_[j];
      sum += e;
      sums[j] += e;
    }
    sums[i] += sum;
  }
  return *std::ranges::max_element(sums);
}

// The eigenvalues of E are at least one, so that the reciprocal of its norm is a lower bound of its
// reciprocal condition number, within the norm of its inverse.
template <Real T>
void KernelHessian<T>::factor() {
  rcond_ = 1.0 / largest_row_sum();
  if (in_float_ && rcond_ >= least_rcond_for_float_steps) {
    factor_in_float();
  } else {
    if (std::exchange(in_float_, false)) form_kernel();
    factor_in_double();
  }
  if (!problem_.options().fit_intercept) return;
  of_ones_ = root_curvature_;
  divide_by_e(of_ones_.data());
  schur_ = dot(static_cast<Index>(of_ones_.size()), root_curvature_.data(), of_ones_.data());
}

template <Real T>
void KernelHessian<T>::factor_in_float() {
  const auto n = static_cast<Index>(root_curvature_.size());
  if (factor_.size() == 0) factor_ = Buffer<float>(n * n);
  for (Index j = 0; j < n; ++j) {
    const double* row = kernel_.data() + j * kernel_.ld();
    float* column = factor_.data() + j * n;
    const double d = root_curvature_[j];
    for (Index i = j; i < n; ++i) column[i] = static_cast<float>(d * row[i] * root_curvature_[i]);
    column[j] += 1.0F;
  }
  const int n_threads = problem_.options().n_threads;
  if (cholesky(n, factor_.data(), n, n_threads, problem_.monitor())) return;
  factor_ = Buffer<float>();
  in_float_ = false;
  form_kernel();
  factor_in_double();
}

template <Real T>
void KernelHessian<T>::factor_in_double() {
  const auto n = static_cast<Index>(root_curvature_.size());
  factor_ = Buffer<float>();
  Buffer<double> lower(n * n);
  for (Index j = 0; j < n; ++j) {
    const double* row = kernel_.data() + j * kernel_.ld();
    double* column = lower.data() + j * n;
    const double d = root_curvature_[j];
    for (Index i = j; i < n; ++i) column[i] = d * row[i] * root_curvature_[i];
    column[j] += 1.0;
  }
  system_.emplace(n, std::move(lower));
  if (system_->factor(problem_.options().n_threads, problem_.monitor())) rcond_ = system_->rcond();
}

// v = E^-1 v.
template <Real T>
void KernelHessian<T>::divide_by_e(double* v) const {
  const auto n = static_cast<Index>(root_curvature_.size());
  if (factor_.size() == 0) {
    system_->solve(v, 1, n, 1);
    return;
  }
  std::vector<float> rounded(v, v + n);
  blas::trsv(blas::Op::none, n, factor_.data(), n, rounded.data());
  blas::trsv(blas::Op::transpose, n, factor_.data(), n, rounded.data());
  std::copy(rounded.begin(), rounded.end(), v);
}

// X b, of the features alone.
template <Real T>
std::vector<double> KernelHessian<T>::predictors(const std::vector<double>& b) const {
  std::vector<double> z(root_curvature_.size());
  const auto keep = [&](Index k0, Index kc, double* f, Index) {
    std::copy_n(f, kc, z.begin() + k0);
    std::fill_n(f, kc, 0.0);
  };
  stream_pass(rounded_.source(), 1, b.data(), keep, problem_.options().n_threads,
              problem_.monitor());
  return z;
}

// [X | 1]^T z.
template <Real T>
Buffer<double> KernelHessian<T>::adjoint(const std::vector<double>& z) const {
  const std::vector<double> none(problem_.cols(), 0.0);
  const auto put = [&](Index k0, Index kc, double* f, Index) {
    std::copy_n(z.begin() + k0, kc, f);
  };
  return stream_pass(rounded_.source(), 1, none.data(), put, problem_.options().n_threads,
                     problem_.monitor());
}

// With the slopes (g, q), t = E^-1 D^1/2 X P^-1 g and w = E^-1 D^1/2 1 the steps are
//   c = (q - w . D^1/2 X P^-1 g) / schur           of the intercept,
//   P^-1 (g - X^T D^1/2 (t + c w))                 of the coefficients.
template <Real T>
void KernelHessian<T>::solve(const double* slope, double* step) const {
  const auto n = static_cast<Index>(root_curvature_.size());
  const Index p = problem_.n_features();
  std::vector<double> b(problem_.cols(), 0.0);
  for (Index j = 0; j < p; ++j) b[j] = slope[j] * inverse_root_[j] * inverse_root_[j];
  auto t = predictors(b);
  for (Index k = 0; k < n; ++k) t[k] *= root_curvature_[k];
  double c = 0.0;
  if (problem_.options().fit_intercept) c = (slope[p] - dot(n, of_ones_.data(), t.data())) / schur_;
  divide_by_e(t.data());
  for (Index k = 0; k < n; ++k) {
    if (c != 0.0) t[k] += c * of_ones_[k];
    t[k] *= root_curvature_[k];
  }
  const auto pull = adjoint(t);
  for (Index j = 0; j < p; ++j) {
    step[j] = (slope[j] - pull[j]) * inverse_root_[j] * inverse_root_[j];
  }
  if (problem_.options().fit_intercept) step[p] = c;
}

template class KernelHessian<double>;
template class KernelHessian<float>;

}  // namespace elltwo
