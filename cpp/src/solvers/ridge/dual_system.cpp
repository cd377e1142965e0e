#include "solvers/ridge/dual_system.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/interruption.hpp"
#include "solvers/ridge/validate.hpp"

namespace elltwo {

// The sum of the weights and the means of the targets.
template <Real T>
void DualSystem<T>::measure_targets() {
  const Index n = problem_.n_samples();
  means_.weight = 0.0;
  n_weighted_ = 0;
  for (Index i = 0; i < n; ++i) {
    const double root = features_.root_weight(i);
    means_.weight += root * root;
    if (root > 0.0) ++n_weighted_;
  }
  means_.y.assign(problem_.n_targets(), 0.0);
  if (!problem_.centred()) return;
  for (Index t = 0; t < problem_.n_targets(); ++t) {
    long double sum = 0.0L;
    for (Index i = 0; i < n; ++i) {
      sum +=
          static_cast<long double>(features_.root_weight(i)) * problem_.weighted_target(i, t, 0.0);
    }
    means_.y[t] = static_cast<double>(sum / means_.weight);
  }
}

template <Real T>
template <Real S>
void DualSystem<T>::form(const DualRoles& roles) {
  measure_targets();
  kernel_ = features_.template kernel<S>(roles);
  kernel_roles_ = roles;
}

template <Real T>
template <Real S>
bool DualSystem<T>::in_range() const {
  double largest = 0.0;
  for (Index i = 0; i < problem_.n_samples(); ++i) {
    largest = std::isfinite(kernel_(i, i)) ? std::max(largest, kernel_(i, i)) : infinity;
  }
  const bool nothing = largest == 0.0 && problem_.all_vanish(kernel_roles_.inverse_factor);
  return (nothing || !out_of_range<S>(largest)) && targets_in_range();
}

template <Real T>
bool DualSystem<T>::targets_in_range() const {
  for (Index t = 0; t < problem_.n_targets(); ++t) {
    double sum = 0.0;
    for (Index i = 0; i < problem_.n_samples(); ++i) {
      const double y = problem_.weighted_target(i, t, means_.y[t]);
      sum += y * y;
    }
    const auto& data = problem_.data();
    if (sum == 0.0 && vanishes(data.y.column(t), data.sample_weight, problem_.centred())) {
      continue;
    }
    if (out_of_range<double>(sum)) return false;
  }
  return true;
}

template <Real T>
void DualSystem<T>::form_kernel(const DualRoles& roles) {
  const bool have = kernel_.cols() > 0 && kernel_roles_.inverse_factor == roles.inverse_factor &&
                    kernel_roles_.centred == roles.centred;
  if (have) return;
  if (mixed()) {
    form<float>(roles);
    if (in_range<float>()) return;
  }
  form_exact_kernel(roles);
}

template <Real T>
void DualSystem<T>::form_exact_kernel(const DualRoles& roles) {
  if (mixed()) products_ = Products::as_data;
  if (products_ == Products::in_double) form<double>(roles);
  else form<T>(roles);
  if (in_range<T>()) return;
  throw_if_not_finite(problem_.data(), problem_.monitor());
  if (problem_.sparse() != nullptr) throw OutOfRange();
  problem_.scale_uniformly();
  form<T>(roles);
}

template <Real T>
Index DualSystem<T>::first_weighted_row() const {
  Index row = 0;
  while (features_.root_weight(row) == 0.0) ++row;
  return row;
}

template <Real T>
Unpenalised DualSystem<T>::unpenalised_part(const DualRoles& roles) const {
  const Index n = problem_.n_samples();
  const auto q = static_cast<Index>(roles.free.size());
  const auto root_weight = [&](Index i) { return features_.root_weight(i); };
  std::vector<double> ones;
  if (roles.centred) {
    for (Index i = 0; i < n; ++i) ones.push_back(root_weight(i));
  }
  Buffer<double> columns(n * q);
  for (Index c = 0; c < q; ++c) {
    const Index j = roles.free[c];
    double* x = columns.data() + c * n;
    features_.copy(j, x);
    double mean = 0.0;
    if (roles.centred) {  // about a value of its own: exact for a constant
      const Index first = first_weighted_row();
      for (Index i = 0; i < n; ++i) {
        mean += root_weight(i) * root_weight(i) / means_.weight * (x[i] - x[first]);
      }
      mean += x[first];
    }
    for (Index i = 0; i < n; ++i) x[i] = root_weight(i) * problem_.x_scale(j) * (x[i] - mean);
  }
  return Unpenalised(n, ones, std::move(columns), q, problem_.monitor());
}

template <Real T>
Buffer<double> DualSystem<T>::projected_kernel(const DualRoles& roles, const Unpenalised& free,
                                               bool positive, double& own_value) const {
  const Index n = problem_.n_samples();
  const double f = roles.penalised_intercept ? problem_.intercept_inverse_factor() : 0.0;
  Buffer<double> lower(n * n);
  for (Index j = 0; j < n; ++j) {
    if (j % 256 == 0) check(problem_.monitor());
    for (Index i = j; i < n; ++i) {
      lower[j * n + i] = kernel_(j, i) + f * features_.root_weight(i) * features_.root_weight(j);
    }
  }
  free.deflate(lower.data(), n, problem_.monitor());
  own_value = free.fill(lower.data(), n, positive);
  return lower;
}

template <Real T>
double DualSystem<T>::trace(const DualRoles& roles) const {
  const double f = roles.penalised_intercept ? problem_.intercept_inverse_factor() : 0.0;
  double sum = 0.0;
  for (Index i = 0; i < problem_.n_samples(); ++i)
    sum += kernel_(i, i) + f * std::pow(features_.root_weight(i), 2);
  return sum;
}

template <Real T>
PosDefSystem DualSystem<T>::system(const DualRoles& roles, const Unpenalised& free,
                                   double& kept) const {
  const Index n = problem_.n_samples();
  double filled = 0.0;
  auto lower = projected_kernel(roles, free, true, filled);
  double left = -filled * static_cast<double>(free.columns());
  for (Index j = 0; j < n; ++j) left += lower[j * n + j];
  kept = std::max(left, 0.0) / trace(roles);
  for (Index j = 0; j < n; ++j) {
    double& diagonal = lower[j * n + j];
    diagonal += roles.lambda;
    if (diagonal <= 0.0) diagonal = 1.0;  // a row without weight or data: its u stays 0
  }
  return PosDefSystem(n, std::move(lower));
}

template <Real T>
DualIterate DualSystem<T>::start(const TargetGroup& group, const DualRoles& roles) const {
  const Index n = problem_.n_samples();
  const auto n_targets = static_cast<Index>(group.targets.size());
  DualIterate it{Buffer<double>::zeros(n_targets * n), Buffer<double>(n_targets * n)};
  for (Index v = 0; v < n_targets; ++v) {
    const Index t = group.targets[v];
    const double mean = roles.centred ? means_.y[t] : 0.0;
    for (Index i = 0; i < n; ++i) it.residual[v * n + i] = problem_.weighted_target(i, t, mean);
  }
  return it;
}

template <Real T>
void DualSystem<T>::evaluate(const TargetGroup& group, const DualRoles& roles,
                             const Unpenalised& free, DualIterate& it, double* b) {
  const Index n = problem_.n_samples();
  const Index p = problem_.n_features();
  const auto n_targets = static_cast<Index>(group.targets.size());
  const bool wants_means = problem_.centred();
  const Index rows = n_targets + (wants_means ? 1 : 0);
  Buffer<double> coef(rows * n);
  std::copy(it.u.begin(), it.u.end(), coef.begin());
  for (Index i = 0; wants_means && i < n; ++i) {
    coef[n_targets * n + i] = features_.root_weight(i);
  }
  means_.x.resize(p);
  const auto to_coef = [&](Index k0, Index kc, double* f, Index ld) {
    for (Index v = 0; v < n_targets; ++v) {
      const Index t = group.targets[v];
      for (Index k = 0; k < kc; ++k) {
        const Index j = k0 + k;
        const double step = roles.inverse_factor[j] * f[v * ld + k];
        b[v * p + j] = f[v * ld + k] = problem_.prior(t, j) + step;
      }
    }
    for (Index k = 0; wants_means && k < kc; ++k) {
      const Index j = k0 + k;
      const double base = roles.centred ? problem_.x_scale(j) * features_.shift(roles, j) : 0.0;
      means_.x[j] = base + f[n_targets * ld + k] / means_.weight;
      f[n_targets * ld + k] = 0.0;
    }
  };
  const auto fitted = features_.stream(roles, rows, coef.data(), to_coef);
  auto fresh = start(group, roles);
  std::vector<double> beta(roles.free.size());
  for (Index v = 0; v < n_targets; ++v) {
    double* residual = fresh.residual.data() + v * n;
    double intercept = 0.0;
    if (roles.penalised_intercept) {
      for (Index i = 0; i < n; ++i) intercept += features_.root_weight(i) * it.u[v * n + i];
      intercept *= problem_.intercept_inverse_factor();
    }
    for (Index i = 0; i < n; ++i) {
      residual[i] -= fitted[v * n + i] + features_.root_weight(i) * intercept;
    }
    free.fit_features(residual, beta.data());
    for (std::size_t c = 0; c < beta.size(); ++c) b[v * p + roles.free[c]] += beta[c];
  }
  it.residual = std::move(fresh.residual);
}

template <Real T>
std::vector<Index> DualSystem<T>::penalised_features(const DualRoles& roles) const {
  std::vector<Index> penalised;
  for (Index j = 0; j < problem_.n_features(); ++j) {
    if (roles.inverse_factor[j] != 0.0) penalised.push_back(j);
  }
  if (roles.penalised_intercept) penalised.push_back(problem_.n_features());
  return penalised;
}

template <Real T>
void DualSystem<T>::projected_feature(const DualRoles& roles, const Unpenalised& free, Index j,
                                      double* out) const {
  const Index n = problem_.n_samples();
  if (j == problem_.n_features()) {
    const double scale = std::sqrt(problem_.intercept_inverse_factor());
    for (Index i = 0; i < n; ++i) out[i] = scale * features_.root_weight(i);
  } else {
    const double scale = problem_.x_scale(j) * std::sqrt(roles.inverse_factor[j]);
    const double shift = features_.shift(roles, j);
    features_.copy(j, out);
    for (Index i = 0; i < n; ++i) out[i] = features_.root_weight(i) * scale * (out[i] - shift);
  }
  free.project(out);
}

template class DualSystem<double>;
template class DualSystem<float>;

}  // namespace elltwo
