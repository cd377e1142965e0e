#include "solvers/ridge/normal_equations.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/interruption.hpp"
#include "solvers/shared/conditioning.hpp"

namespace elltwo {

template <Real T>
std::vector<Index> active_features(const Problem<T>& problem, const ScaledMoments& moments,
                                   const Means& means, double alpha) {
  std::vector<Index> active;
  const bool free_intercept = problem.centred() && problem.intercept_penalty(alpha) == 0.0 &&
                              !problem.counts_intercept(alpha);
  for (Index j = 0; j < problem.n_features(); ++j) {
    const double a = problem.penalty(j, alpha);
    const bool empty = moments.gram(j, j) <= 0.0 && (free_intercept || means.x[j] == 0.0);
    if (std::isinf(a) || (a == 0.0 && empty)) continue;
    active.push_back(j);
  }
  return active;
}

template <Real T>
PosDefSystem normal_system(const Problem<T>& problem, const ScaledMoments& moments,
                           const Means& means, const std::vector<Index>& active, double alpha,
                           double kappa) {
  const auto m = static_cast<Index>(active.size());
  Buffer<double> lower(m * m);
  for (Index c = 0; c < m; ++c) {
    const Index j = active[c];
    if (c % 256 == 0) check(problem.monitor());
    for (Index r = c; r < m; ++r) {
      const Index i = active[r];
      double value = moments.gram(j, i);
      if (kappa != 0.0) {
        value += kappa * means.x[i] * means.x[j];
      }
      lower[c * m + r] = value;
    }
    lower[c * m + c] += problem.penalty(j, alpha);
  }
  return PosDefSystem(m, std::move(lower));
}

template <Real T>
bool NormalEquations<T>::factor() {
  system_.emplace(normal_system(problem_, moments_, means_, active_, group_.alpha, kappa()));
  return system_->factor(problem_.options().n_threads, problem_.monitor());
}

template <Real T>
Buffer<double> NormalEquations<T>::prior() const {
  const Index p = problem_.n_features();
  Buffer<double> b(n_targets() * p);
  for (Index u = 0; u < n_targets(); ++u) {
    for (Index j = 0; j < p; ++j) b[u * p + j] = problem_.prior(group_.targets[u], j);
  }
  return b;
}

template <Real T>
Buffer<double> NormalEquations<T>::correction(const double* g, Index n) const {
  const Index m = n_active();
  const Index p = problem_.n_features();
  Buffer<double> rhs(m * n);
  for (Index u = 0; u < n; ++u) {
    for (Index a = 0; a < m; ++a) rhs[u * m + a] = g[u * p + active_[a]];
  }
  system_->solve(rhs.data(), n, m, problem_.options().n_threads, problem_.monitor());
  if (m == p) return rhs;
  auto step = Buffer<double>::zeros(p * n);
  for (Index u = 0; u < n; ++u) {
    for (Index a = 0; a < m; ++a) step[u * p + active_[a]] = rhs[u * m + a];
  }
  return step;
}

template <Real T>
bool NormalEquations<T>::has_constants() const {
  return kappa() == 0.0 && std::ranges::any_of(active_, [&](Index j) {
           return moments_.gram(j, j) <= 0.0 && problem_.penalty(j, group_.alpha) == 0.0;
         });
}

template <Real T>
std::vector<double> NormalEquations<T>::column_sizes() const {
  const double k = kappa();
  std::vector<double> d;
  for (const Index j : active_) {
    const double mean = means_.x[j];
    const double square =
        std::max(moments_.gram(j, j), 0.0) + k * mean * mean + problem_.penalty(j, group_.alpha);
    d.push_back(std::sqrt(square > 0.0 ? square : means_.weight * mean * mean));
  }
  return d;
}

template <Real T>
bool NormalEquations<T>::is_dominated() const {
  return std::any_of(active_.begin(), active_.end(), [&](Index j) {
    return problem_.penalty(j, group_.alpha) > dominant_penalty * moments_.gram(j, j);
  });
}

template <Real T>
double NormalEquations<T>::scale_of(Index target, double fitted) const {
  return std::sqrt(std::max(moments_.yy(target), 0.0)) + std::sqrt(fitted);
}

template <Real T>
std::vector<double> NormalEquations<T>::fitted_squares(const double* b) const {
  const Index p = problem_.n_features();
  const auto d = column_sizes();
  std::vector<double> squares;
  for (Index u = 0; u < n_targets(); ++u) {
    double fitted = 0.0;
    for (Index a = 0; a < n_active(); ++a) fitted += std::pow(d[a] * b[u * p + active_[a]], 2);
    squares.push_back(fitted);
  }
  return squares;
}

template <Real T>
double NormalEquations<T>::optimality(const double* b, const double* g) const {
  const Index p = problem_.n_features();
  const auto d = column_sizes();
  const auto fitted = fitted_squares(b);
  double worst = 0.0;
  for (Index u = 0; u < n_targets(); ++u) {
    const Index offset = u * p;
    const double scale = scale_of(group_.targets[u], fitted[u]);
    for (Index a = 0; a < n_active(); ++a) {
      const double size = std::abs(g[offset + active_[a]]);
      if (size > 0.0) worst = std::max(worst, size / (d[a] * scale));
    }
  }
  return std::isnan(worst) ? infinity : worst;
}

// With the computed system M in the place of H, the exact one,
//   g(b) = g(b - s) - H s = (g(b - s) - M s) + (M - H) s.
// |M - H| <= gamma d d^T: sums within blocks of 256 rows and over blocks, about a shift up to 100
// deviations off the mean; Cholesky adds gamma_(3m+1) |L| |L^T| (Higham 2002, theorem 10.4), and so
// both terms are at most error * d_j |d s|_1. Rounding b, and b's products with the data in the
// pass that gave g(b - s), add about epsilon d_j |d b|_1 (cf. van der Vorst and Ye 2000, section
// 3).
template <Real T>
double NormalEquations<T>::optimality_bound(const double* b, const double* step) const {
  constexpr double shift_magnification = 1e4;
  constexpr double rows_of_block = 256.0;
  const double terms = rows_of_block + static_cast<double>(problem_.n_samples()) / rows_of_block;
  const double error =
      epsilon * (shift_magnification * terms + 3.0 * static_cast<double>(n_active()) + 1.0);
  const Index p = problem_.n_features();
  const auto d = column_sizes();
  double worst = 0.0;
  for (Index u = 0; u < n_targets(); ++u) {
    double fitted = 0.0, sum = 0.0, moved = 0.0;
    for (Index a = 0; a < n_active(); ++a) {
      const double size = std::abs(d[a] * b[u * p + active_[a]]);
      sum += size;
      fitted += size * size;
      moved += std::abs(d[a] * step[u * p + active_[a]]);
    }
    const double left = error * moved + epsilon * sum;
    if (left > 0.0) worst = std::max(worst, left / scale_of(group_.targets[u], fitted));
  }
  return std::isnan(worst) ? infinity : worst;
}

template <Real T>
double NormalEquations<T>::step_size(const double* b, const double* step) const {
  const Index p = problem_.n_features();
  const auto d = column_sizes();
  double worst = 0.0;
  for (Index u = 0; u < n_targets(); ++u) {
    double whole = 0.0, part = 0.0;
    for (Index a = 0; a < n_active(); ++a) {
      whole += std::pow(d[a] * b[u * p + active_[a]], 2);
      part += std::pow(d[a] * step[u * p + active_[a]], 2);
    }
    if (part > 0.0) worst = std::max(worst, std::sqrt(part / whole));
  }
  return std::isnan(worst) ? infinity : worst;
}

template std::vector<Index> active_features<double>(const Problem<double>&, const ScaledMoments&,
                                                    const Means&, double);
template std::vector<Index> active_features<float>(const Problem<float>&, const ScaledMoments&,
                                                   const Means&, double);
template PosDefSystem normal_system<double>(const Problem<double>&, const ScaledMoments&,
                                            const Means&, const std::vector<Index>&, double,
                                            double);
template PosDefSystem normal_system<float>(const Problem<float>&, const ScaledMoments&,
                                           const Means&, const std::vector<Index>&, double, double);
template class NormalEquations<double>;
template class NormalEquations<float>;

}  // namespace elltwo
