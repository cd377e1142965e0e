#include <algorithm>
#include <cmath>

#include "solvers/ridge/dual.hpp"
#include "solvers/ridge/wide_svd.hpp"

namespace elltwo {

// A penalised feature over sqrt(f), or behind the last of them the ones of a penalised intercept, in every
// weighted sample, free of everything unpenalised.
template <Real T>
void DualRidge<T>::fill_feature(const DualRoles& roles, const Unpenalised& free, Index j,
                                double* out) const {
  const Index n = problem_.n_samples();
  if (j == problem_.n_features()) {
    const double scale = std::sqrt(problem_.intercept_inverse_factor());
    for (Index i = 0; i < n; ++i) out[i] = scale * root_weight(i);
  } else {
    const double scale = problem_.x_scale(j) * std::sqrt(roles.inverse_factor[j]);
    const double shift = roles.centred ? shift_[j] : 0.0;
    copy_feature(j, out);
    for (Index i = 0; i < n; ++i) out[i] = root_weight(i) * scale * (out[i] - shift);
  }
  free.project(out);
}

// Features that fill_feature() takes.
template <Real T>
std::vector<Index> DualRidge<T>::penalised_features(const DualRoles& roles) const {
  std::vector<Index> penalised;
  for (Index j = 0; j < problem_.n_features(); ++j) {
    if (roles.inverse_factor[j] != 0.0) penalised.push_back(j);
  }
  if (roles.penalised_intercept) penalised.push_back(problem_.n_features());
  return penalised;
}

// Z^T: one column per sample of penalised features.
template <Real T>
Buffer<double> DualRidge<T>::projected_features(const DualRoles& roles,
                                                const Unpenalised& free) const {
  const Index n = problem_.n_samples();
  const auto penalised = penalised_features(roles);
  const auto m = static_cast<Index>(penalised.size());
  Buffer<double> zt(m * n);
  std::vector<double> row(n);
  for (Index c = 0; c < m; ++c) {
    fill_feature(roles, free, penalised[c], row.data());
    for (Index i = 0; i < n; ++i) zt[i * m + c] = row[i];
  }
  return zt;
}

// False if interrupted.
template <Real T>
bool DualRidge<T>::by_svd(const TargetGroup& group, const DualRoles& roles, const Unpenalised& free,
                          GroupFit& fit) {
  const Index n = problem_.n_samples();
  const auto n_targets = static_cast<Index>(group.targets.size());
  fit.info.solver = Solver::svd;
  fit.info.n_iter = 0;
  Iterate begin, it;
  start(group, roles, begin);
  start(group, roles, it);
  if (problem_.has_prior() && !evaluate(group, roles, free, it, fit.coef.data())) return false;
  for (Index v = 0; v < n_targets; ++v) free.project(it.residual.data() + v * n);
  auto zt = projected_features(roles, free);
  const Index m = zt.size() / n;
  const auto solved =
      wide_svd(m, n, std::move(zt), roles.lambda, n_targets, it.residual.data(), it.u.data());
  fit.info.rcond = solved.rcond;
  if (roles.lambda == 0.0) fit.info.rank = solved.rank + free.rank_of_features();
  for (Index v = 0; v < n_targets; ++v) free.project(it.u.data() + v * n);
  if (!evaluate(group, roles, free, it, fit.coef.data())) return false;
  Buffer<double> rho(it.u.size());
  fit.info.optimality = optimality(roles, free, it, begin, n_targets, rho.data());
  if (roles.lambda > 0.0) return true;
  // Without a penalty the residual need not vanish, only what the features see of it.
  double gradient = 0.0;
  if (!gradient_norm(roles, rho, gradient)) return false;
  const double size = norm2(begin.residual.data(), begin.residual.size());
  fit.info.optimality = gradient > 0.0 ? gradient / (solved.largest * size) : 0.0;
  return true;
}

// |Z^T rho| over all targets. False if interrupted.
template <Real T>
bool DualRidge<T>::gradient_norm(const DualRoles& roles, const Buffer<double>& rho, double& norm) {
  const Index n_targets = rho.size() / problem_.n_samples();
  Buffer<double> squares = Buffer<double>::zeros(problem_.n_features());
  const auto square_up = [&](Index k0, Index kc, double* f, Index ld) {
    for (Index v = 0; v < n_targets; ++v) {
      for (Index k = 0; k < kc; ++k) {
        const double g = f[v * ld + k];
        squares[k0 + k] += roles.inverse_factor[k0 + k] * g * g;
        f[v * ld + k] = 0.0;
      }
    }
  };
  Buffer<double> unused;
  if (!stream(roles, n_targets, rho.data(), square_up, unused)) return false;
  double sum = 0.0;
  for (const double square : squares) sum += square;
  norm = std::sqrt(sum);
  return true;
}

// Every coefficient is pinned or free: u has nothing to do. False if interrupted.
template <Real T>
bool DualRidge<T>::evaluate_alone(const TargetGroup& group, const DualRoles& roles,
                                  const Unpenalised& free, GroupFit& fit) {
  fit.info.solver = Solver::closed_form;
  fit.info.reason = "every coefficient is pinned to its prior mean or unpenalised";
  fit.info.rank = free.rank_of_features();
  Iterate it;
  start(group, roles, it);
  return evaluate(group, roles, free, it, fit.coef.data());
}

template void DualRidge<double>::fill_feature(const DualRoles&, const Unpenalised&, Index,
                                              double*) const;
template void DualRidge<float>::fill_feature(const DualRoles&, const Unpenalised&, Index,
                                             double*) const;
template std::vector<Index> DualRidge<double>::penalised_features(const DualRoles&) const;
template std::vector<Index> DualRidge<float>::penalised_features(const DualRoles&) const;
template Buffer<double> DualRidge<double>::projected_features(const DualRoles& roles,
                                                              const Unpenalised& free) const;
template Buffer<double> DualRidge<float>::projected_features(const DualRoles& roles,
                                                             const Unpenalised& free) const;
template bool DualRidge<double>::by_svd(const TargetGroup& group, const DualRoles& roles,
                                        const Unpenalised& free, GroupFit& fit);
template bool DualRidge<float>::by_svd(const TargetGroup& group, const DualRoles& roles,
                                       const Unpenalised& free, GroupFit& fit);
template bool DualRidge<double>::gradient_norm(const DualRoles& roles, const Buffer<double>& rho,
                                               double& norm);
template bool DualRidge<float>::gradient_norm(const DualRoles& roles, const Buffer<double>& rho,
                                              double& norm);
template bool DualRidge<double>::evaluate_alone(const TargetGroup& group, const DualRoles& roles,
                                                const Unpenalised& free, GroupFit& fit);
template bool DualRidge<float>::evaluate_alone(const TargetGroup& group, const DualRoles& roles,
                                               const Unpenalised& free, GroupFit& fit);

}  // namespace elltwo
