#include "solvers/coordinate/gram_quadratic.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace elltwo {

template <Real T>
GramQuadratic<T>::GramQuadratic(const RidgeData<T>& data, const RidgeOptions& options,
                                Monitor& monitor)
    : face_(data), problem_(face_.data(), options, monitor), primal_(problem_), g_(data.x.cols) {}

template <Real T>
void GramQuadratic<T>::form_hessian() {
  const auto& x_mean = means().x;
  const double kappa = gradient().kappa();
  if (hessian_.size() == 0) hessian_ = Buffer<double>(p() * p());
  for (Index i = 0; i < p(); ++i) {
    const double push = kappa * x_mean[i];
    for (Index j = i; j < p(); ++j) {
      const double value = moments().gram(i, j) + push * x_mean[j];
      hessian_[i * p() + j] = hessian_[j * p() + i] = value;
    }
    double& own = hessian_[i * p() + i];
    own = std::max(own, 0.0) + problem_.penalty(i, group_.alpha);
  }
  hessian_alpha_ = group_.alpha;
}

template <Real T>
void GramQuadratic<T>::begin(const TargetGroup& group, std::vector<double> b) {
  group_ = group;
  if (hessian_alpha_ != group.alpha) form_hessian();
  set_point(std::move(b));
}

template <Real T>
void GramQuadratic<T>::set_point(std::vector<double> b) {
  b_ = std::move(b);
  gradient().from_moments(b_.data(), g_.data());
}

template <Real T>
void GramQuadratic<T>::refresh() {
  gradient().from_data(b_.data(), g_.data(), centre_);
}

template <Real T>
void GramQuadratic<T>::move(Index j, double by) {
  b_[j] += by;
  const double* row = hessian_.data() + j * p();
  double* g = g_.data();
  for (Index i = 0; i < p(); ++i) g[i] -= by * row[i];
}

template <Real T>
double GramQuadratic<T>::target_norm() const {
  return std::sqrt(std::max(moments().yy(group_.targets[0]), 0.0));
}

template <Real T>
void GramQuadratic<T>::minimise(const std::vector<Index>& free, double* z, SolveInfo& info) {
  face_.pin(problem_, group_, free, b_);
  primal_.forget_factors();
  const auto fit = primal_.fit(group_);
  face_.restore(group_.targets[0]);
  for (const Index j : free) z[j] = fit.coef[j];
  info.rank = fit.info.rank;
  info.rcond = fit.info.rcond;
}

template class GramQuadratic<double>;
template class GramQuadratic<float>;

}  // namespace elltwo
