#include "solvers/ridge/dual.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/interruption.hpp"

namespace elltwo {
namespace {

// Relative dual residual that a correction would not improve in the coefficients' precision.
template <Real T>
constexpr double good_enough_dual = std::same_as<T, float> ? 1e-12 : 1e-14;
constexpr Index shift_rows = 16;

}  // namespace

template <Real T>
void DualRidge<T>::start(const TargetGroup& group, const DualRoles& roles, Iterate& it) const {
  const Index n = problem_.n_samples();
  const auto n_targets = static_cast<Index>(group.targets.size());
  it.u = Buffer<double>::zeros(n_targets * n);
  it.residual = Buffer<double>(n_targets * n);
  for (Index v = 0; v < n_targets; ++v) {
    const Index t = group.targets[v];
    const double mean = roles.centred ? y_mean_[t] : 0.0;
    for (Index i = 0; i < n; ++i) it.residual[v * n + i] = problem_.weighted_target(i, t, mean);
  }
}

// Features as rows to stream: weighted, scaled, about the provisional means.
template <Real T>
Source<T> DualRidge<T>::features(const DualRoles& roles) const {
  const auto& scale = problem_.scales().x;
  return {.x = problem_.data().x.transposed(),
          .col_scale = problem_.sqrt_weight(),
          .row_shift = roles.centred ? shift_.data() : nullptr,
          .row_scale = scale.empty() ? nullptr : scale.data()};
}

template <Real T>
bool DualRidge<T>::stream(const DualRoles& roles, Index n_targets, const double* coef,
                          const RowMap& map, Buffer<double>& adjoint) {
  if (problem_.sparse() != nullptr) return stream_sparse(n_targets, coef, map, adjoint);
  return completed([&] {
    adjoint = stream_pass(features(roles), n_targets, coef, map, problem_.options().n_threads,
                          problem_.monitor());
  });
}

// One pass over the features: coefficients from u, their fit, and the exact means on the way.
template <Real T>
bool DualRidge<T>::evaluate(const TargetGroup& group, const DualRoles& roles,
                            const Unpenalised& free, Iterate& it, double* b) {
  const Index n = problem_.n_samples();
  const Index p = problem_.n_features();
  const auto n_targets = static_cast<Index>(group.targets.size());
  const bool wants_means = problem_.centred();
  const Index rows = n_targets + (wants_means ? 1 : 0);
  Buffer<double> coef(rows * n);
  std::copy(it.u.begin(), it.u.end(), coef.begin());
  for (Index i = 0; wants_means && i < n; ++i) coef[n_targets * n + i] = root_weight(i);
  x_mean_.resize(p);
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
      const double base = roles.centred ? problem_.x_scale(k0 + k) * shift_[j] : 0.0;
      x_mean_[j] = base + f[n_targets * ld + k] / weight_;
      f[n_targets * ld + k] = 0.0;
    }
  };
  Buffer<double> fitted;
  if (!stream(roles, rows, coef.data(), to_coef, fitted)) return false;
  Iterate fresh;
  start(group, roles, fresh);
  std::vector<double> beta(roles.free.size());
  for (Index v = 0; v < n_targets; ++v) {
    double* residual = fresh.residual.data() + v * n;
    double intercept = 0.0;
    if (roles.penalised_intercept) {
      for (Index i = 0; i < n; ++i) intercept += root_weight(i) * it.u[v * n + i];
      intercept *= problem_.intercept_inverse_factor();
    }
    for (Index i = 0; i < n; ++i) residual[i] -= fitted[v * n + i] + root_weight(i) * intercept;
    free.fit_features(residual, beta.data());
    for (std::size_t c = 0; c < beta.size(); ++c) b[v * p + roles.free[c]] += beta[c];
  }
  it.residual = std::move(fresh.residual);
  return true;
}

// rho = P residual - lambda u, the dual residual, relative to the data's own size.
template <Real T>
double DualRidge<T>::optimality(const DualRoles& roles, const Unpenalised& free, const Iterate& it,
                                const Iterate& begin, Index n_targets, double* rho) const {
  const Index n = problem_.n_samples();
  double worst = 0.0;
  for (Index v = 0; v < n_targets; ++v) {
    double* r = rho + v * n;
    std::copy_n(it.residual.data() + v * n, n, r);
    free.project(r);
    for (Index i = 0; i < n; ++i) r[i] -= roles.lambda * it.u[v * n + i];
    const double size = norm2(r, n);
    const double scale =
        norm2(begin.residual.data() + v * n, n) + roles.lambda * norm2(it.u.data() + v * n, n);
    if (size > 0.0) worst = std::max(worst, size / scale);
  }
  return std::isnan(worst) ? infinity : worst;
}

template <Real T>
void DualRidge<T>::step(const PosDefSystem& system, const Unpenalised& free, Index n_targets,
                        double* rho, Buffer<double>& u) const {
  const Index n = problem_.n_samples();
  system.solve(rho, n_targets, n, problem_.options().n_threads);
  for (Index v = 0; v < n_targets; ++v) {
    free.project(rho + v * n);
    for (Index i = 0; i < n; ++i) u[v * n + i] += rho[v * n + i];
  }
}

// True if the group is settled (solved or interrupted), false if it needs an orthogonal method.
template <Real T>
bool DualRidge<T>::solve(const TargetGroup& group, const DualRoles& roles, const Unpenalised& free,
                         GroupFit& fit) {
  const auto n_targets = static_cast<Index>(group.targets.size());
  const bool insists = problem_.options().solver == SolverChoice::cholesky;
  const auto interrupted = [&] {
    fit.info.status = Status::interrupted;
    return true;
  };
  auto system = dual_system(roles, free);
  bool definite = false;
  const auto factor = [&] {
    definite = system.factor(problem_.options().n_threads, problem_.monitor());
  };
  if (!completed(factor)) return interrupted();
  fit.info.rcond = system.rcond();
  if (!definite) return false;
  if (mixed_ && !(system.rcond() >= rcond_mixed)) return false;
  if (system.rcond() < rcond_hopeless && !insists) return false;
  Iterate begin, it;
  start(group, roles, begin);
  start(group, roles, it);
  Buffer<double> trial(fit.coef.size());
  if (problem_.has_prior() && !evaluate(group, roles, free, it, trial.data())) return interrupted();
  Buffer<double> rho(it.u.size());
  optimality(roles, free, it, begin, n_targets, rho.data());
  step(system, free, n_targets, rho.data(), it.u);
  fit.info.optimality = infinity;
  for (int pass = 0;; ++pass) {
    if (!evaluate(group, roles, free, it, trial.data())) return interrupted();
    const double before = fit.info.optimality;
    const double now = optimality(roles, free, it, begin, n_targets, rho.data());
    if (now < before) {
      std::copy(trial.begin(), trial.end(), fit.coef.begin());
      fit.info.optimality = now;
      fit.info.n_iter = pass;
    }
    const bool stalled = pass > 0 && !(now < 0.25 * before);
    if (stalled || now <= good_enough_dual<T> || pass == problem_.options().max_iter) break;
    step(system, free, n_targets, rho.data(), it.u);
  }
  if (mixed_) {
    fit.info.reason =
        "more features than samples: n x n dual system from float products, corrected in double";
    return fit.info.optimality <= mixed_optimality;
  }
  return fit.info.optimality <= fit.info.tolerance || insists;
}

template <Real T>
void DualRidge<T>::take_shift() {
  if (!shift_.empty()) return;
  if (problem_.sparse() != nullptr) {
    shift_.assign(problem_.n_features(), 0.0);
    return;
  }
  auto few = problem_.data().x;
  few.rows = std::min(few.rows, shift_rows);
  shift_ = provisional_mean(few, problem_.sqrt_weight());
}

template <Real T>
GroupFit DualRidge<T>::fit(const TargetGroup& group) {
  const Index p = problem_.n_features();
  GroupFit fit{.coef = Buffer<double>(static_cast<Index>(group.targets.size()) * p),
               .centre = {},
               .info = {}};
  const bool automatic = problem_.options().solver == SolverChoice::automatic;
  fit.info.tolerance = problem_.options().tol;
  fit.info.solver = Solver::dual_cholesky;
  fit.info.reason = automatic ? "more features than samples: n x n dual system" : "asked for";
  take_shift();
  if (!kernel_in_range(roles_of(group.alpha))) {
    fit.info.status = Status::interrupted;
    return fit;
  }
  const DualRoles roles = roles_of(group.alpha);  // lambda in the scale that the kernel settled on
  const Unpenalised free = unpenalised_part(roles);
  fit.info.rank = roles.lambda > 0.0 ? roles.n_penalised + free.rank_of_features()
                                     : n_weighted_ - (roles.centred ? 1 : 0);
  if (roles.n_penalised == 0 && !roles.penalised_intercept) {
    if (!evaluate_alone(group, roles, free, fit)) fit.info.status = Status::interrupted;
  } else if (problem_.options().solver == SolverChoice::svd || !solve(group, roles, free, fit)) {
    if (mixed_) {  // what float products could not settle begins anew
      if (exact_kernel(roles)) return this->fit(group);
      fit.info.status = Status::interrupted;
      return fit;
    }
    if (automatic) fit.info.fallback = "the dual system is too ill-conditioned";
    if (!by_svd(group, roles, free, fit)) fit.info.status = Status::interrupted;
  }
  if (fit.info.status != Status::interrupted && !(fit.info.optimality <= fit.info.tolerance)) {
    fit.info.status = Status::max_iter_reached;
  }
  return fit;
}

template class DualRidge<double>;
template class DualRidge<float>;

}  // namespace elltwo
