#include <algorithm>
#include <cmath>

#include "gram/stream.hpp"
#include "solvers/dual.hpp"
#include "solvers/wide_svd.hpp"

namespace elltwo {

// Z^T: one column per sample of penalised features over sqrt(f), rows free of everything unpenalised.
template <Real T>
Buffer<double> DualRidge<T>::projected_features(const DualRoles& roles,
                                                const Unpenalised& free) const {
  const Index n = problem_.n_samples();
  const Index m = roles.n_penalised + (roles.penalised_intercept ? 1 : 0);
  Buffer<double> zt(m * n);
  std::vector<double> row(static_cast<std::size_t>(n));
  Index c = 0;
  const auto put = [&] {
    free.project(row.data());
    for (Index i = 0; i < n; ++i) zt[i * m + c] = row[static_cast<std::size_t>(i)];
    ++c;
  };
  for (Index j = 0; j < problem_.n_features(); ++j) {
    const auto u = static_cast<std::size_t>(j);
    if (roles.inverse_factor[u] == 0.0) continue;
    const double scale = problem_.x_scale(j) * std::sqrt(roles.inverse_factor[u]);
    const double shift = roles.centred ? shift_[u] : 0.0;
    for (Index i = 0; i < n; ++i) {
      const double x = static_cast<double>(problem_.data().x(i, j)) - shift;
      row[static_cast<std::size_t>(i)] = root_weight(i) * scale * x;
    }
    put();
  }
  if (roles.penalised_intercept) {
    const double scale = std::sqrt(problem_.intercept_inverse_factor());
    for (Index i = 0; i < n; ++i) row[static_cast<std::size_t>(i)] = scale * root_weight(i);
    put();
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
        squares[k0 + k] += roles.inverse_factor[static_cast<std::size_t>(k0 + k)] * g * g;
        f[v * ld + k] = 0.0;
      }
    }
  };
  Buffer<double> unused;
  if (!stream_pass(features(roles), n_targets, rho.data(), square_up, problem_.options().n_threads,
                   problem_.monitor(), unused)) {
    return false;
  }
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
