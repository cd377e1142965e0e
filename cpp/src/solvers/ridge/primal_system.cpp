#include <algorithm>
#include <cmath>

#include "solvers/ridge/primal.hpp"

namespace elltwo {

// Pinned features are not solved for, nor constant ones without a penalty: any value fits as well.
template <Real T>
auto PrimalRidge<T>::active_features(double alpha) const -> Active {
  Active active;
  const bool free_intercept = problem_.centred() && problem_.intercept_penalty(alpha) == 0.0;
  for (Index j = 0; j < problem_.n_features(); ++j) {
    const double a = problem_.penalty(j, alpha);
    const bool empty = moments_.gram(j, j) <= 0.0 && (free_intercept || moments_.x_mean[j] == 0.0);
    if (std::isinf(a) || (a == 0.0 && empty)) continue;
    active.push_back(j);
  }
  return active;
}

template <Real T>
PosDefSystem PrimalRidge<T>::normal_equations(const TargetGroup& group, const Active& active,
                                              double kappa) const {
  const auto m = static_cast<Index>(active.size());
  Buffer<double> lower(m * m);
  for (Index c = 0; c < m; ++c) {
    const Index j = active[c];
    for (Index r = c; r < m; ++r) {
      const Index i = active[r];
      double value = moments_.gram(j, i);
      if (kappa != 0.0) {
        value += kappa * moments_.x_mean[i] * moments_.x_mean[j];
      }
      lower[c * m + r] = value;
    }
    lower[c * m + c] += problem_.penalty(j, group.alpha);
  }
  return PosDefSystem(m, std::move(lower));
}

template <Real T>
Buffer<double> PrimalRidge<T>::prior_coef(const TargetGroup& group) const {
  const Index p = problem_.n_features();
  Buffer<double> b(static_cast<Index>(group.targets.size()) * p);
  for (std::size_t u = 0; u < group.targets.size(); ++u) {
    for (Index j = 0; j < p; ++j)
      b[static_cast<Index>(u) * p + j] = problem_.prior(group.targets[u], j);
  }
  return b;
}

// (G + A)^-1 g on the active features, zero elsewhere.
template <Real T>
Buffer<double> PrimalRidge<T>::correction(const Active& active, const PosDefSystem& system,
                                          const double* g, Index n_targets) const {
  const auto m = static_cast<Index>(active.size());
  const Index p = problem_.n_features();
  Buffer<double> rhs(m * n_targets);
  for (Index u = 0; u < n_targets; ++u) {
    for (Index a = 0; a < m; ++a) rhs[u * m + a] = g[u * p + active[a]];
  }
  system.solve(rhs.data(), n_targets, m, problem_.options().n_threads);
  auto step = Buffer<double>::zeros(p * n_targets);
  for (Index u = 0; u < n_targets; ++u) {
    for (Index a = 0; a < m; ++a) step[u * p + active[a]] = rhs[u * m + a];
  }
  return step;
}

template PrimalRidge<double>::Active PrimalRidge<double>::active_features(double) const;
template PosDefSystem PrimalRidge<double>::normal_equations(const TargetGroup&, const Active&,
                                                            double) const;
template Buffer<double> PrimalRidge<double>::prior_coef(const TargetGroup&) const;
template Buffer<double> PrimalRidge<double>::correction(const Active&, const PosDefSystem&,
                                                        const double*, Index) const;
template PrimalRidge<float>::Active PrimalRidge<float>::active_features(double) const;
template PosDefSystem PrimalRidge<float>::normal_equations(const TargetGroup&, const Active&,
                                                           double) const;
template Buffer<double> PrimalRidge<float>::prior_coef(const TargetGroup&) const;
template Buffer<double> PrimalRidge<float>::correction(const Active&, const PosDefSystem&,
                                                       const double*, Index) const;

}  // namespace elltwo
