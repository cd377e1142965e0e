#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "parallel/interruption.hpp"
#include "solvers/ridge/dual.hpp"
#include "solvers/ridge/validate.hpp"

namespace elltwo {

template <Real T>
DualRoles DualRidge<T>::roles_of(double alpha) const {
  const Index p = problem_.n_features();
  DualRoles roles;
  roles.centred = problem_.centred() && problem_.intercept_penalty(alpha) == 0.0;
  roles.penalised_intercept = problem_.centred() && !roles.centred && !std::isinf(alpha);
  roles.inverse_factor.assign(p, 0.0);
  roles.lambda = std::isinf(alpha) ? 0.0 : problem_.penalty_unit(alpha);
  for (Index j = 0; j < p; ++j) {
    const double a = problem_.raw_penalty(j, alpha);
    if (a == 0.0) roles.free.push_back(j);
    if (a == 0.0 || std::isinf(a)) continue;
    roles.inverse_factor[j] = alpha / a;
    ++roles.n_penalised;
  }
  const bool many_free = static_cast<Index>(roles.free.size()) > problem_.n_samples();
  // Nothing is penalised: take the limit alpha -> 0.
  if (roles.n_penalised == 0 && many_free && !roles.penalised_intercept) {
    for (const Index j : roles.free) roles.inverse_factor[j] = 1.0;
    roles.n_penalised = static_cast<Index>(roles.free.size());
    roles.free.clear();
    roles.lambda = 0.0;
  }
  return roles;
}

template <Real T>
void DualRidge<T>::take_target_means() {
  const Index n = problem_.n_samples();
  weight_ = 0.0;
  n_weighted_ = 0;
  for (Index i = 0; i < n; ++i) {
    weight_ += root_weight(i) * root_weight(i);
    if (root_weight(i) > 0.0) ++n_weighted_;
  }
  y_mean_.assign(problem_.n_targets(), 0.0);
  if (!problem_.centred()) return;
  for (Index t = 0; t < problem_.n_targets(); ++t) {
    long double sum = 0.0L;
    for (Index i = 0; i < n; ++i) {
      sum += static_cast<long double>(root_weight(i)) * problem_.weighted_target(i, t, 0.0);
    }
    y_mean_[t] = static_cast<double>(sum / weight_);
  }
}

template <Real T>
template <Real Products>
bool DualRidge<T>::kernel(const DualRoles& roles) {
  kernel_roles_ = roles;
  if (problem_.sparse() != nullptr) return sparse_kernel(roles);
  std::vector<double> row_scale(roles.inverse_factor.size());
  for (std::size_t j = 0; j < row_scale.size(); ++j) {
    row_scale[j] = problem_.x_scale(static_cast<Index>(j)) * std::sqrt(roles.inverse_factor[j]);
  }
  const Source<T> source{.x = problem_.data().x.transposed(),
                         .col_scale = problem_.sqrt_weight(),
                         .row_shift = roles.centred ? shift_.data() : nullptr,
                         .row_scale = row_scale.data()};
  return completed([&] {
    kernel_ = gram<T, Products>(source, problem_.options().n_threads, problem_.monitor());
  });
}

template <Real T>
template <Real Products>
bool DualRidge<T>::in_range() const {
  double largest = 0.0;
  for (Index i = 0; i < problem_.n_samples(); ++i) {
    largest = std::isfinite(kernel_(i, i)) ? std::max(largest, kernel_(i, i)) : infinity;
  }
  const bool nothing = largest == 0.0 && problem_.hold_nothing(kernel_roles_.inverse_factor);
  return (nothing || !out_of_range<Products>(largest)) && targets_in_range();
}

template <Real T>
bool DualRidge<T>::targets_in_range() const {
  for (Index t = 0; t < problem_.n_targets(); ++t) {
    double sum = 0.0;
    for (Index i = 0; i < problem_.n_samples(); ++i) {
      const double y = problem_.weighted_target(i, t, y_mean_[t]);
      sum += y * y;
    }
    const auto& data = problem_.data();
    if (sum == 0.0 && holds_nothing(data.y.column(t), data.sample_weight, problem_.centred())) {
      continue;
    }
    if (out_of_range<double>(sum)) return false;
  }
  return true;
}

// Computes the kernel unless it is there already.
template <Real T>
bool DualRidge<T>::kernel_in_range(const DualRoles& roles) {
  const bool have = kernel_.cols() > 0 && kernel_roles_.inverse_factor == roles.inverse_factor &&
                    kernel_roles_.centred == roles.centred;
  if (have) return true;
  if (!may_mix_) return exact_kernel(roles);
  take_target_means();
  if (!kernel<float>(roles)) return false;
  mixed_ = in_range<float>();
  return mixed_ || exact_kernel(roles);
}

// The kernel from products in T; scales the data where its range demands it.
template <Real T>
bool DualRidge<T>::exact_kernel(const DualRoles& roles) {
  mixed_ = may_mix_ = false;
  take_target_means();
  if (!(in_double_ ? kernel<double>(roles) : kernel<T>(roles))) return false;
  if (in_range<T>()) return true;
  throw_if_not_finite(problem_.data());
  if (problem_.sparse() != nullptr) {
    throw std::invalid_argument(
        "X and y must have sums of squares within the range of their type for a path; scale them");
  }
  problem_.scale_uniformly();
  take_target_means();
  return kernel<T>(roles);
}

template <Real T>
Index DualRidge<T>::first_weighted_row() const {
  Index row = 0;
  while (root_weight(row) == 0.0) ++row;
  return row;
}

template <Real T>
Unpenalised DualRidge<T>::unpenalised_part(const DualRoles& roles) const {
  const Index n = problem_.n_samples();
  const auto q = static_cast<Index>(roles.free.size());
  std::vector<double> ones;
  if (roles.centred) {
    for (Index i = 0; i < n; ++i) ones.push_back(root_weight(i));
  }
  Buffer<double> columns(n * q);
  for (Index c = 0; c < q; ++c) {
    const Index j = roles.free[c];
    double* x = columns.data() + c * n;
    copy_feature(j, x);
    double mean = 0.0;
    if (roles.centred) {  // about a value of its own: exact for a constant
      const Index first = first_weighted_row();
      for (Index i = 0; i < n; ++i) {
        mean += root_weight(i) * root_weight(i) / weight_ * (x[i] - x[first]);
      }
      mean += x[first];
    }
    for (Index i = 0; i < n; ++i) x[i] = root_weight(i) * problem_.x_scale(j) * (x[i] - mean);
  }
  return Unpenalised(n, ones, std::move(columns), q);
}

// The kernel beyond what is unpenalised, lower triangle. Unpenalised directions get `own_value` as
// eigenvalue, see Unpenalised::fill.
template <Real T>
Buffer<double> DualRidge<T>::projected_kernel(const DualRoles& roles, const Unpenalised& free,
                                              bool positive, double& own_value) const {
  const Index n = problem_.n_samples();
  const double f = roles.penalised_intercept ? problem_.intercept_inverse_factor() : 0.0;
  Buffer<double> lower(n * n);
  for (Index j = 0; j < n; ++j) {
    for (Index i = j; i < n; ++i) {
      lower[j * n + i] = kernel_(j, i) + f * root_weight(i) * root_weight(j);
    }
  }
  free.deflate(lower.data(), n);
  own_value = free.fill(lower.data(), n, positive);
  return lower;
}

template <Real T>
PosDefSystem DualRidge<T>::dual_system(const DualRoles& roles, const Unpenalised& free) const {
  const Index n = problem_.n_samples();
  double unused = 0.0;
  auto lower = projected_kernel(roles, free, true, unused);
  for (Index j = 0; j < n; ++j) {
    double& diagonal = lower[j * n + j];
    diagonal += roles.lambda;
    if (diagonal <= 0.0) diagonal = 1.0;  // a row without weight or data: its u stays 0
  }
  return PosDefSystem(n, std::move(lower));
}

template DualRoles DualRidge<double>::roles_of(double alpha) const;
template DualRoles DualRidge<float>::roles_of(double alpha) const;
template void DualRidge<double>::take_target_means();
template void DualRidge<float>::take_target_means();
template bool DualRidge<double>::targets_in_range() const;
template bool DualRidge<float>::targets_in_range() const;
template bool DualRidge<double>::kernel_in_range(const DualRoles& roles);
template bool DualRidge<float>::kernel_in_range(const DualRoles& roles);
template bool DualRidge<double>::exact_kernel(const DualRoles& roles);
template bool DualRidge<float>::exact_kernel(const DualRoles& roles);
template Index DualRidge<double>::first_weighted_row() const;
template Index DualRidge<float>::first_weighted_row() const;
template Unpenalised DualRidge<double>::unpenalised_part(const DualRoles& roles) const;
template Unpenalised DualRidge<float>::unpenalised_part(const DualRoles& roles) const;
template Buffer<double> DualRidge<double>::projected_kernel(const DualRoles&, const Unpenalised&,
                                                            bool, double&) const;
template Buffer<double> DualRidge<float>::projected_kernel(const DualRoles&, const Unpenalised&,
                                                           bool, double&) const;
template PosDefSystem DualRidge<double>::dual_system(const DualRoles& roles,
                                                     const Unpenalised& free) const;
template PosDefSystem DualRidge<float>::dual_system(const DualRoles& roles,
                                                    const Unpenalised& free) const;

}  // namespace elltwo
