#include "solvers/coordinate/gram_quadratic.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace elltwo {

template <Real T>
BoundedPrimal<T>::BoundedPrimal(const RidgeData<T>& data, const RidgeOptions& options,
                                Monitor& monitor)
    : face_(data), problem_(face_.data(), options, monitor), primal_(problem_), g_(data.x.cols) {}

template <Real T>
void BoundedPrimal<T>::form_hessian() {
  const auto& moments = primal_.moments();
  const double kappa = Gradient<T>(problem_, primal_.moments(), group_).kappa();
  if (hessian_.size() == 0) hessian_ = Buffer<double>(p() * p());
  for (Index i = 0; i < p(); ++i) {
    const double push = kappa * moments.x_mean[i];
    for (Index j = i; j < p(); ++j) {
      const double value = moments.gram(i, j) + push * moments.x_mean[j];
      hessian_[i * p() + j] = hessian_[j * p() + i] = value;
    }
    double& own = hessian_[i * p() + i];
    own = std::max(own, 0.0) + problem_.penalty(i, group_.alpha);
  }
  hessian_alpha_ = group_.alpha;
}

template <Real T>
void BoundedPrimal<T>::begin(const TargetGroup& group, std::vector<double> b) {
  group_ = group;
  if (hessian_alpha_ != group.alpha) form_hessian();
  stand_at(std::move(b));
}

template <Real T>
void BoundedPrimal<T>::stand_at(std::vector<double> b) {
  b_ = std::move(b);
  Gradient<T>(problem_, primal_.moments(), group_).from_moments(b_.data(), g_.data());
}

template <Real T>
bool BoundedPrimal<T>::settle() {
  const Gradient<T> gradient(problem_, primal_.moments(), group_);
  return gradient.from_data(b_.data(), g_.data(), centre_);
}

template <Real T>
void BoundedPrimal<T>::move(Index j, double by) {
  b_[j] += by;
  const double* row = hessian_.data() + j * p();
  double* g = g_.data();
  for (Index i = 0; i < p(); ++i) g[i] -= by * row[i];
}

template <Real T>
double BoundedPrimal<T>::target_norm() const {
  return std::sqrt(std::max(primal_.moments().yy(group_.targets[0]), 0.0));
}

template <Real T>
bool BoundedPrimal<T>::minimise(const std::vector<Index>& free, double* z, SolveInfo& info) {
  face_.pin(problem_, group_, free, b_);
  primal_.forget_factors();
  const auto fit = primal_.fit(group_);
  face_.restore(group_.targets[0]);
  for (const Index j : free) z[j] = fit.coef[j];
  info.rank = fit.info.rank;
  info.rcond = fit.info.rcond;
  return fit.info.status != Status::interrupted;
}

template class BoundedPrimal<double>;
template class BoundedPrimal<float>;

}  // namespace elltwo
