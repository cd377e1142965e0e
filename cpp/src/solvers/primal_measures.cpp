#include <algorithm>
#include <cmath>

#include "solvers/primal.hpp"

namespace elltwo {

// d_j = sqrt(G_jj + alpha_j): what brings the system to a unit diagonal.
template <Real T>
std::vector<double> PrimalRidge<T>::column_sizes(const TargetGroup& group,
                                                 const Active& active) const {
  const double kappa = Gradient<T>(problem_, moments_, group).kappa();
  std::vector<double> d;
  for (const Index j : active) {
    const double mean = moments_.x_mean[static_cast<std::size_t>(j)];
    d.push_back(std::sqrt(std::max(moments_.gram(j, j), 0.0) + kappa * mean * mean +
                          problem_.penalty(j, group.alpha)));
  }
  return d;
}

// max over targets and features of |g_j| / (d_j (|y| + |d b|)): the size of the gradient beside the
// terms it is the difference of.
template <Real T>
double PrimalRidge<T>::optimality(const TargetGroup& group, const Active& active, const double* b,
                                  const double* g) const {
  const Index p = problem_.n_features();
  const auto d = column_sizes(group, active);
  double worst = 0.0;
  for (std::size_t u = 0; u < group.targets.size(); ++u) {
    const auto offset = static_cast<Index>(u) * p;
    double fitted = 0.0;
    for (std::size_t a = 0; a < active.size(); ++a) {
      fitted += std::pow(d[a] * b[offset + active[a]], 2);
    }
    const double scale =
        std::sqrt(std::max(moments_.yy(group.targets[u]), 0.0)) + std::sqrt(fitted);
    for (std::size_t a = 0; a < active.size(); ++a) {
      const double size = std::abs(g[offset + active[a]]);
      if (size > 0.0) worst = std::max(worst, size / (d[a] * scale));
    }
  }
  return std::isnan(worst) ? infinity : worst;
}

// max over targets of |d step| / |d b|.
template <Real T>
double PrimalRidge<T>::step_size(const TargetGroup& group, const Active& active, const double* b,
                                 const double* step) const {
  const Index p = problem_.n_features();
  const auto d = column_sizes(group, active);
  double worst = 0.0;
  for (Index u = 0; u < static_cast<Index>(group.targets.size()); ++u) {
    double whole = 0.0, part = 0.0;
    for (std::size_t a = 0; a < active.size(); ++a) {
      whole += std::pow(d[a] * b[u * p + active[a]], 2);
      part += std::pow(d[a] * step[u * p + active[a]], 2);
    }
    if (part > 0.0) worst = std::max(worst, std::sqrt(part / whole));
  }
  return std::isnan(worst) ? infinity : worst;
}

// The means of float data are only as good as float sums until a pass in double. False if interrupted.
template <Real T>
bool PrimalRidge<T>::means_in_full_precision() const {
  if (std::same_as<T, double>) return true;
  TargetGroup all;
  for (Index t = 0; t < problem_.n_targets(); ++t) all.targets.push_back(t);
  return Gradient<T>(problem_, moments_, all).settle_means();
}

template std::vector<double> PrimalRidge<double>::column_sizes(const TargetGroup&,
                                                               const Active&) const;
template std::vector<double> PrimalRidge<float>::column_sizes(const TargetGroup&,
                                                              const Active&) const;
template double PrimalRidge<double>::optimality(const TargetGroup&, const Active&, const double*,
                                                const double*) const;
template double PrimalRidge<float>::optimality(const TargetGroup&, const Active&, const double*,
                                               const double*) const;
template double PrimalRidge<double>::step_size(const TargetGroup&, const Active&, const double*,
                                               const double*) const;
template double PrimalRidge<float>::step_size(const TargetGroup&, const Active&, const double*,
                                              const double*) const;
template bool PrimalRidge<double>::means_in_full_precision() const;
template bool PrimalRidge<float>::means_in_full_precision() const;

}  // namespace elltwo
