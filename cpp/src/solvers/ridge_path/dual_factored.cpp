#include "solvers/ridge_path/dual_factored.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "solvers/ridge_path/dual_spectrum.hpp"
#include "solvers/shared/conditioning.hpp"

namespace elltwo {
namespace {

// A factor costs 2/3 n^3 operations on all threads, the tridiagonal form 8/3 n^3, half of which
// wait for the memory once the kernel has left the caches.
constexpr Index enough_samples = 2000;
constexpr std::size_t most_alphas = 5;
constexpr Index most_errors = Index{1} << 24;
constexpr double enough_for_factor = 1e-6;  // as for the kernel's eigenvalues

/// The errors and leverages of all rows at every alpha.
struct Errors {
  Buffer<double> error;     // rows x targets x alphas
  Buffer<double> leverage;  // rows x alphas
};

// With M = K + lambda I on what is penalised, e_i = (M^-1 r)_i / (M^-1)_ii, in which unpenalised
// directions have the eigenvalue tau + lambda and no share.
template <Real T>
bool add_alpha(DualSystem<T>& system, const DualRoles& roles, const Unpenalised& free,
               const Buffer<double>& residual, Index a, Index n_alphas, Errors& out) {
  const auto& problem = system.problem();
  const auto& options = problem.options();
  const Index n = problem.n_samples(), n_targets = problem.n_targets();
  double tau = 0.0;
  auto lower = system.projected_kernel(roles, free, true, tau);
  for (Index i = 0; i < n; ++i) lower[i * (n + 1)] += roles.lambda;
  PosDefSystem factor(n, std::move(lower));
  if (!factor.factor(options.n_threads, problem.monitor())) return false;
  if (!(factor.rcond() >= enough_for_factor)) return false;
  Buffer<double> u(residual.size());
  std::copy(residual.begin(), residual.end(), u.begin());
  factor.solve(u.data(), n_targets, n, options.n_threads);
  const auto diagonal = factor.inverse_diagonal(options.n_threads, problem.monitor());
  for (Index i = 0; i < n; ++i) {
    const double root = system.features().root_weight(i), own = free.leverage(i);
    const double share = diagonal[i] - (own > 0.0 ? own / (tau + roles.lambda) : 0.0);
    const bool determined = root > 0.0 && 1.0 - own > own_direction && share > 0.0;
    for (Index t = 0; t < n_targets; ++t) {
      out.error[(i * n_targets + t) * n_alphas + a] =
          determined ? u[t * n + i] / share / root : std::numeric_limits<double>::quiet_NaN();
    }
    out.leverage[i * n_alphas + a] = 1.0 - roles.lambda * share;
  }
  return true;
}

}  // namespace

template <Real T>
bool dual_leave_one_out_factored(DualSystem<T>& system, std::span<const double> alphas,
                                 const LeftOutVisit& visit) {
  const auto& problem = system.problem();
  const Index n = problem.n_samples(), n_targets = problem.n_targets();
  const auto n_alphas = static_cast<Index>(alphas.size());
  const auto inner = [](double alpha) { return alpha > 0.0 && !std::isinf(alpha); };
  if (n < enough_samples || alphas.size() > most_alphas || n * n_targets > most_errors ||
      !std::ranges::all_of(alphas, inner)) {
    return false;
  }
  system.form_kernel(dual_roles(problem, 1.0));
  if (!problem.scales().x.empty()) return false;
  auto roles = dual_roles(problem, 1.0);
  if (!roles.free.empty() || roles.lambda == 0.0) return false;
  const auto free = system.unpenalised_part(roles);
  const auto group = all_targets(n_targets, 1);
  auto it = system.start(group, roles);
  if (problem.has_prior()) {
    Buffer<double> b(n_targets * problem.n_features());
    system.evaluate(group, roles, free, it, b.data());
  }
  for (Index t = 0; t < n_targets; ++t) free.project(it.residual.data() + t * n);
  const double unit = roles.lambda;
  Errors errors{Buffer<double>(n * n_targets * n_alphas), Buffer<double>(n * n_alphas)};
  for (Index a = 0; a < n_alphas; ++a) {
    roles.lambda = alphas[a] * unit;
    if (!add_alpha(system, roles, free, it.residual, a, n_alphas, errors)) return false;
  }
  visit({.chunk = 0,
         .row = 0,
         .rows = n,
         .error = errors.error.data(),
         .leverage = errors.leverage.data()});
  return true;
}

template bool dual_leave_one_out_factored<double>(DualSystem<double>&, std::span<const double>,
                                                  const LeftOutVisit&);
template bool dual_leave_one_out_factored<float>(DualSystem<float>&, std::span<const double>,
                                                 const LeftOutVisit&);

}  // namespace elltwo
