#include "solvers/ridge_path/dual.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "linalg/lapack.hpp"
#include "linalg/row_triangle.hpp"
#include "parallel/interruption.hpp"

namespace elltwo {
namespace {

constexpr double enough_for_kernel = 1e-6;  // as enough_for_gram in the primal
using blas::Op;

}  // namespace

template <Real T>
TargetGroup DualPath<T>::all_targets(Index times) const {
  TargetGroup group{.alpha = 1.0, .targets = {}};
  for (Index k = 0; k < times; ++k) {
    for (Index t = 0; t < this->problem_.n_targets(); ++t) group.targets.push_back(t);
  }
  return group;
}

template <Real T>
bool DualPath<T>::decompose(double smallest_alpha) {
  this->take_shift();
  if (!this->kernel_in_range(this->roles_of(1.0))) return false;
  if (!this->problem_.scales().x.empty()) {
    throw std::invalid_argument(
        "X and y must have sums of squares within the range of their type for a path; scale them");
  }
  roles_ = this->roles_of(1.0);
  unit_ = roles_->lambda;
  free_.emplace(this->unpenalised_part(*roles_));
  double smallest = 0.0;
  const double lost = tridiagonal_form(smallest);
  const double largest = (s_.empty() ? 0.0 : s_.front()) + (unit_ > 0.0 ? lost / unit_ : lost);
  const double least = smallest + (unit_ > 0.0 ? smallest_alpha : 0.0);
  // What free features explain has been subtracted from the kernel, and with it digits.
  const bool rough = !roles_->free.empty() || least < enough_for_kernel * largest;
  return (!rough || singular_vectors(lost)) && take_targets();
}

// Notes the positive eigenvalues, which descend. `lost` is what projecting has taken from them: it has
// left rounding of its own size.
template <Real T>
void DualPath<T>::keep(Index n_values, const double* s, double noise, double lost) {
  const Index n = this->problem_.n_samples();
  const double unit = unit_ > 0.0 ? unit_ : 1.0;
  const auto wanted = std::min(n_values, n - free_->columns());
  s_.clear();
  while (static_cast<Index>(s_.size()) < wanted) {
    const double value = s[s_.size()];
    if (!(value > noise * (s[0] + lost))) break;
    s_.push_back(value / unit);
  }
}

// Returns the trace of what projecting has subtracted, and rounded with it.
template <Real T>
double DualPath<T>::tridiagonal_form(double& smallest) {
  const Index n = this->problem_.n_samples();
  u_ = this->projected_kernel(*roles_, *free_, true, free_value_);
  t_ = tridiagonalise(n, u_.data(), n);
  auto values = t_.eigenvalues();
  for (Index c = 0; c < free_->columns(); ++c) {
    const auto nearest = std::min_element(values.begin(), values.end(), [&](double a, double b) {
      return std::abs(a - free_value_) < std::abs(b - free_value_);
    });
    values.erase(nearest);
  }
  std::reverse(values.begin(), values.end());
  const auto n_values = static_cast<Index>(values.size());
  double lost = 0.0;
  for (Index i = 0; i < n; ++i) lost += this->kernel_(i, i);
  for (const double value : values) lost -= std::max(value, 0.0);
  lost = std::max(lost, 0.0);
  keep(n_values, values.data(), static_cast<double>(this->problem_.n_features()) * epsilon, lost);
  smallest = s_.size() == values.size() && !s_.empty() ? s_.back() : 0.0;
  if (unit_ > 0.0) {
    for (double& v : t_.diagonal) v /= unit_;
    for (double& v : t_.beside) v /= unit_;
    free_value_ /= unit_;
  }
  full_ = true;
  solver_ = Solver::dual_eigen;
  return lost;
}

// The singular vectors of Z^T = Q R are those of R, which takes no copy of the features.
template <Real T>
bool DualPath<T>::singular_vectors(double lost) {
  const Index n = this->problem_.n_samples();
  const auto penalised = this->penalised_features(*roles_);
  const auto m = static_cast<Index>(penalised.size());
  const auto fill = [&](Index k0, Index rows, double* out, Index ld) {
    std::vector<double> row(n);
    for (Index k = 0; k < rows && m > 0; ++k) {
      this->fill_feature(*roles_, *free_, penalised[k0 + k], row.data());
      for (Index i = 0; i < n; ++i) out[i * ld + k] = row[i];
    }
  };
  Buffer<double> r;
  const auto& problem = this->problem_;
  const auto reduce = [&] {
    r = row_triangle(std::max<Index>(m, 1), n, 0, fill, problem.options().n_threads,
                     problem.monitor());
  };
  if (!completed(reduce)) return false;
  Buffer<double> s(n), left(n * n), vt(n * n);
  for (Index c = 0; c < n; ++c) std::fill(r.data() + c * n + c + 1, r.data() + (c + 1) * n, 0.0);
  lapack::gesdd(n, n, r.data(), n, s.data(), left.data(), n, vt.data(), n);
  const double noise = static_cast<double>(std::max(m, n)) * epsilon;
  for (Index k = 0; k < n; ++k) s[k] *= s[k];
  keep(std::min(m, n), s.data(), noise * noise, lost);
  const auto kept = static_cast<Index>(s_.size());
  u_ = Buffer<double>(std::max<Index>(1, n * kept));
  for (Index k = 0; k < kept; ++k) {
    double* u = u_.data() + k * n;
    for (Index i = 0; i < n; ++i) u[i] = vt[i * n + k];
    // A direction of rounding, which projection has left of columns that free ones explain.
    free_->project(u);
    if (norm2(u, n) > 0.5) continue;
    s_.resize(k);
    break;
  }
  t_ = {.diagonal = s_, .beside = {}};
  free_value_ = 0.0;
  full_ = static_cast<Index>(s_.size()) == n - free_->columns();
  solver_ = Solver::svd;
  return true;
}

template <Real T>
bool DualPath<T>::take_targets() {
  const Index n = this->problem_.n_samples(), n_targets = this->problem_.n_targets();
  const auto kept = t_.size();
  const auto group = all_targets(1);
  Iterate it;
  this->start(group, *roles_, it);
  if (this->problem_.has_prior()) {
    Buffer<double> b(n_targets * this->problem_.n_features());
    if (!this->evaluate(group, *roles_, *free_, it, b.data())) return false;
  }
  for (Index t = 0; t < n_targets; ++t) free_->project(it.residual.data() + t * n);
  null_ = std::move(it.residual);
  z_ = Buffer<double>::zeros(std::max<Index>(1, kept * n_targets));
  null_share_ = Buffer<double>::zeros(n);
  Buffer<double> part(std::max<Index>(1, kept * n_targets));
  for (int pass = 0; pass < 2 && kept > 0; ++pass) {  // once leaves eps |y| of every direction
    blas::gemm(Op::transpose, Op::none, kept, n_targets, n, 1.0, u_.data(), n, null_.data(), n, 0.0,
               part.data(), kept);
    blas::gemm(Op::none, Op::none, n, n_targets, kept, -1.0, u_.data(), n, part.data(), kept, 1.0,
               null_.data(), n);
    for (Index i = 0; i < z_.size(); ++i) z_[i] += part[i];
  }
  if (full_) null_.fill_zero();
  for (Index i = 0; i < n && !full_; ++i) {
    double share = 1.0 - free_->leverage(i);
    for (Index k = 0; k < kept; ++k) share -= u_[k * n + i] * u_[k * n + i];
    null_share_[i] = std::max(share, 0.0);
  }
  return true;
}

template <Real T>
Index DualPath<T>::n_unpenalised() const {
  const auto unpenalised = unit_ > 0.0 ? Index{0} : static_cast<Index>(s_.size());
  return (roles_->centred ? 1 : 0) + free_->rank_of_features() + unpenalised;
}

// (T + alpha I)^-1 z for all targets, directions x targets.
template <Real T>
void DualPath<T>::solution(double alpha, double* w) const {
  t_.solve(shift_of(alpha), this->problem_.n_targets(), z_.data(), t_.size(), w, t_.size());
}

// The residuals are alpha times the dual variables, and what no direction holds.
template <Real T>
void DualPath<T>::residual_squares(double alpha, double* rss) const {
  const Index n = this->problem_.n_samples(), n_targets = this->problem_.n_targets();
  const Index kept = t_.size();
  const bool whole = std::isinf(alpha);
  Buffer<double> w(std::max<Index>(1, kept * n_targets));
  if (!whole) solution(alpha, w.data());
  for (Index t = 0; t < n_targets; ++t) {
    double sum = std::pow(norm2(null_.data() + t * n, n), 2);
    for (Index k = 0; k < kept && unit_ > 0.0; ++k) {
      sum += std::pow(whole ? z_[t * kept + k] : alpha * w[t * kept + k], 2);
    }
    rss[t] = sum;
  }
}

template class DualPath<double>;
template class DualPath<float>;

}  // namespace elltwo
