#include <algorithm>
#include <cmath>

#include "solvers/ridge/primal.hpp"

namespace elltwo {

// d_j = sqrt(G_jj + alpha_j): what brings the system to a unit diagonal.
template <Real T>
std::vector<double> PrimalRidge<T>::column_sizes(const TargetGroup& group,
                                                 const Active& active) const {
  const double kappa = Gradient<T>(problem_, moments_, group).kappa();
  std::vector<double> d;
  for (const Index j : active) {
    const double mean = moments_.x_mean[j];
    d.push_back(std::sqrt(std::max(moments_.gram(j, j), 0.0) + kappa * mean * mean +
                          problem_.penalty(j, group.alpha)));
  }
  return d;
}

// |y| + |d b|, given the latter's square.
template <Real T>
double PrimalRidge<T>::scale_of(Index target, double fitted) const {
  return std::sqrt(std::max(moments_.yy(target), 0.0)) + std::sqrt(fitted);
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
    const double scale = scale_of(group.targets[u], fitted);
    for (std::size_t a = 0; a < active.size(); ++a) {
      const double size = std::abs(g[offset + active[a]]);
      if (size > 0.0) worst = std::max(worst, size / (d[a] * scale));
    }
  }
  return std::isnan(worst) ? infinity : worst;
}

// Bound on the optimality at b, which a step s = M^-1 g(b - s) with the computed system M led to:
//   g(b) = g(b - s) - H s = (g(b - s) - M s) + (M - H) s.
// |M - H| <= gamma d d^T: sums within blocks of 256 rows and over blocks, about a shift up to 100
// deviations off the mean; Cholesky adds gamma_(3m+1) |L| |L^T| (Higham 2002, theorem 10.4), and so
// both terms are at most error * d_j |d s|_1. Rounding b, and b's products with the data in the pass
// that gave g(b - s), add about epsilon d_j |d b|_1 (cf. van der Vorst and Ye 2000, section 3).
template <Real T>
double PrimalRidge<T>::optimality_bound(const TargetGroup& group, const Active& active,
                                        const double* b, const double* step) const {
  constexpr double shift_magnification = 1e4;
  constexpr double rows_of_block = 256.0;
  const double terms = rows_of_block + static_cast<double>(problem_.n_samples()) / rows_of_block;
  const double error =
      epsilon * (shift_magnification * terms + 3.0 * static_cast<double>(active.size()) + 1.0);
  const Index p = problem_.n_features();
  const auto d = column_sizes(group, active);
  double worst = 0.0;
  for (Index u = 0; u < static_cast<Index>(group.targets.size()); ++u) {
    double fitted = 0.0, sum = 0.0, moved = 0.0;
    for (std::size_t a = 0; a < active.size(); ++a) {
      const double size = std::abs(d[a] * b[u * p + active[a]]);
      sum += size;
      fitted += size * size;
      moved += std::abs(d[a] * step[u * p + active[a]]);
    }
    const double left = error * moved + epsilon * sum;
    if (left > 0.0) worst = std::max(worst, left / scale_of(group.targets[u], fitted));
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
template double PrimalRidge<double>::optimality_bound(const TargetGroup&, const Active&,
                                                      const double*, const double*) const;
template double PrimalRidge<float>::optimality_bound(const TargetGroup&, const Active&,
                                                     const double*, const double*) const;
template double PrimalRidge<double>::step_size(const TargetGroup&, const Active&, const double*,
                                               const double*) const;
template double PrimalRidge<float>::step_size(const TargetGroup&, const Active&, const double*,
                                              const double*) const;
template bool PrimalRidge<double>::means_in_full_precision() const;
template bool PrimalRidge<float>::means_in_full_precision() const;

}  // namespace elltwo
