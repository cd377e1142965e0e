#include "solvers/coordinate/sparse_quadratic.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "parallel/interruption.hpp"
#include "sparse/pass.hpp"

namespace elltwo {

template <Real T>
SparseQuadratic<T>::SparseQuadratic(SparseRows<T> x, const RidgeData<T>& data,
                                    const RidgeOptions& options, Monitor& monitor)
    : face_(data),
      problem_(face_.data(), options, monitor),
      solver_(problem_, std::move(x)),
      g_(problem_.n_features()) {
  const auto& design = solver_.design();
  means_ = design.means;
  if (!problem_.centred()) means_.weight = 0.0;
}

template <Real T>
void SparseQuadratic<T>::begin(const TargetGroup& group, std::vector<double> b) {
  group_ = group;
  block_.emplace(solver_.block(target()));
  set_point(std::move(b));
}

template <Real T>
void SparseQuadratic<T>::set_point(std::vector<double> b) {
  b_ = std::move(b);
  has_moved_ = false;
  block_->gradient(b_.data(), g_.data());
}

template <Real T>
void SparseQuadratic<T>::refresh() {
  set_point(b_);
  check(problem_.monitor());
}

template <Real T>
void SparseQuadratic<T>::compute_residuals() {
  const auto& design = solver_.design();
  if (!columns_) columns_.emplace(transposed(design.x));
  const Index t = group_.targets[0];
  weighted_.resize(design.x.rows);
  multiply_rows(design.x, 0, design.x.rows, 1, b_.data(), weighted_.data());
  sum_ = mean_fit_ = 0.0;
  for (Index i = 0; i < design.x.rows; ++i) {
    double& u = weighted_[i];
    const double w = design.weight.data() != nullptr ? design.weight[i] : 1.0;
    u = w > 0.0 ? w * (design.y[i * problem_.n_targets() + t] - u) : 0.0;
    sum_ += u;
  }
  for (std::size_t j = 0; problem_.centred() && j < b_.size(); ++j)
    mean_fit_ += design.means.x[j] * b_[j];
}

// With u = W (y - X b) of uncentred X, the residuals of centred X are u + W 1 x_mean.b, and
//   sum x~_j u~ = x_j.u - x_mean_j 1.u,
// to which a penalised intercept adds kappa x_mean_j (y_mean - x_mean.b).
template <Real T>
double SparseQuadratic<T>::slope(Index j) const {
  if (!has_moved_ || block_->inverse_size()[j] == 0.0) return g_[j];
  const auto& design = solver_.design();
  const auto& x = *columns_;
  double sum = 0.0;
  for (Index e = x.start[j]; e < x.start[j + 1]; ++e)
    sum += static_cast<double>(x.value[e]) * weighted_[x.column[e]];
  const double mean = design.means.x[j];
  const Index t = group_.targets[0];
  const double pull = design.means.y[t] - mean_fit_;
  const double penalty = problem_.penalty(j, group_.alpha);
  const double away = b_[j] - problem_.prior(t, j);
  return sum + mean * (block_->kappa(0) * pull - sum_) - penalty * away;
}

template <Real T>
void SparseQuadratic<T>::move(Index j, double by) {
  if (!has_moved_) compute_residuals();
  has_moved_ = true;
  b_[j] += by;
  const auto& design = solver_.design();
  const auto& x = *columns_;
  for (Index e = x.start[j]; e < x.start[j + 1]; ++e) {
    const Index i = x.column[e];
    const double w = design.weight.data() != nullptr ? design.weight[i] : 1.0;
    if (w > 0.0) weighted_[i] -= w * by * static_cast<double>(x.value[e]);
  }
  const double mean = by * design.means.x[j];
  sum_ -= design.means.weight * mean;
  mean_fit_ += mean;
}

template <Real T>
double SparseQuadratic<T>::curvature(Index j) const {
  const double inverse = block_->inverse_size()[j];
  return inverse > 0.0 ? 1.0 / (inverse * inverse) : 0.0;
}

template <Real T>
double SparseQuadratic<T>::target_norm() const {
  return std::sqrt(solver_.design().y_spread[group_.targets[0]]);
}

template <Real T>
void SparseQuadratic<T>::minimise(const std::vector<Index>& free, double* z, SolveInfo& info) {
  face_.pin(problem_, group_, free, b_);
  solver_.forget_factors();
  const auto face = solver_.block(target());
  auto b = face.prior();
  if (!solver_.is_direct()) std::copy(b_.begin(), b_.end(), b.begin());
  const auto fit = solver_.fit(face, b.data());
  face_.restore(group_.targets[0]);
  for (const Index j : free) z[j] = b[j];
  info.rank = fit.rank;
  info.rcond = fit.rcond;
}

template class SparseQuadratic<double>;
template class SparseQuadratic<float>;

}  // namespace elltwo
