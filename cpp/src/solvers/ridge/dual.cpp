#include "solvers/ridge/dual.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/ridge/wide_svd.hpp"

namespace elltwo {
namespace {

// Relative dual residual that a correction would not improve in the coefficients' precision.
template <Real T>
constexpr double good_enough_dual = std::same_as<T, float> ? 1e-12 : 1e-14;

}  // namespace

// rho = P residual - lambda u, the dual residual; returns the largest of the targets, relative to
// the size of the data and of lambda u.
template <Real T>
double DualRidge<T>::optimality(const Task& task, const DualIterate& it, const DualIterate& begin,
                                double* rho) const {
  const Index n = problem_.n_samples();
  const double lambda = task.roles.lambda;
  double worst = 0.0;
  for (Index v = 0; v < task.n_targets(); ++v) {
    double* r = rho + v * n;
    std::copy_n(it.residual.data() + v * n, n, r);
    task.free.project(r);
    for (Index i = 0; i < n; ++i) r[i] -= lambda * it.u[v * n + i];
    const double size = norm2(r, n);
    const double scale =
        norm2(begin.residual.data() + v * n, n) + lambda * norm2(it.u.data() + v * n, n);
    if (size > 0.0) worst = std::max(worst, size / scale);
  }
  return std::isnan(worst) ? infinity : worst;
}

// u += P (K + lambda I)^-1 rho, which overwrites rho.
template <Real T>
void DualRidge<T>::step(const PosDefSystem& factor, const Task& task, double* rho,
                        Buffer<double>& u) const {
  const Index n = problem_.n_samples();
  factor.solve(rho, task.n_targets(), n, problem_.options().n_threads, problem_.monitor());
  for (Index v = 0; v < task.n_targets(); ++v) {
    task.free.project(rho + v * n);
    for (Index i = 0; i < n; ++i) u[v * n + i] += rho[v * n + i];
  }
}

// False if the group needs another method.
template <Real T>
bool DualRidge<T>::by_cholesky(const Task& task, GroupFit& fit) {
  const bool insists = problem_.options().solver == SolverChoice::cholesky;
  double kept = 1.0;
  auto factor = system_.system(task.roles, task.free, kept);
  const bool definite = factor.factor(problem_.options().n_threads, problem_.monitor());
  fit.info.rcond = factor.rcond();
  if (!definite) return false;
  if (system_.mixed() && !(factor.rcond() >= rcond_mixed)) return false;
  if (factor.rcond() < rcond_hopeless && !insists) return false;
  // What free features explain of the others has left rounding, which nothing covers at lambda = 0.
  const bool explained = task.roles.lambda == 0.0 && !task.roles.free.empty();
  if (explained && !(factor.rcond() * kept >= rcond_hopeless)) return false;
  const auto begin = system_.start(task.group, task.roles);
  auto it = system_.start(task.group, task.roles);
  Buffer<double> trial(fit.coef.size());
  if (problem_.has_prior()) evaluate(task, it, trial.data());
  Buffer<double> rho(it.u.size());
  optimality(task, it, begin, rho.data());
  step(factor, task, rho.data(), it.u);
  fit.info.optimality = infinity;
  for (int pass = 0;; ++pass) {
    evaluate(task, it, trial.data());
    const double before = fit.info.optimality;
    const double now = optimality(task, it, begin, rho.data());
    if (now < before) {
      std::copy(trial.begin(), trial.end(), fit.coef.begin());
      fit.info.optimality = now;
      fit.info.n_iter = pass;
    }
    const bool stalled = pass > 0 && !(now < 0.25 * before);
    if (stalled || now <= good_enough_dual<T> || pass == problem_.options().max_iter) break;
    step(factor, task, rho.data(), it.u);
  }
  if (system_.mixed()) {
    fit.info.reason =
        "more features than samples: n x n dual system from float products, corrected in double";
    return fit.info.optimality <= mixed_optimality;
  }
  return fit.info.optimality <= fit.info.tolerance || insists;
}

// Z^T of the projected penalised features Z / sqrt(f): one column for each sample.
template <Real T>
Buffer<double> DualRidge<T>::projected_features(const Task& task) const {
  const Index n = problem_.n_samples();
  const auto penalised = system_.penalised_features(task.roles);
  const auto m = static_cast<Index>(penalised.size());
  Buffer<double> zt(m * n);
  std::vector<double> row(n);
  for (Index c = 0; c < m; ++c) {
    system_.projected_feature(task.roles, task.free, penalised[c], row.data());
    for (Index i = 0; i < n; ++i) zt[i * m + c] = row[i];
  }
  return zt;
}

template <Real T>
void DualRidge<T>::by_svd(const Task& task, GroupFit& fit) {
  const Index n = problem_.n_samples();
  const double lambda = task.roles.lambda;
  fit.info.solver = Solver::svd;
  fit.info.n_iter = 0;
  const auto begin = system_.start(task.group, task.roles);
  auto it = system_.start(task.group, task.roles);
  if (problem_.has_prior()) evaluate(task, it, fit.coef.data());
  for (Index v = 0; v < task.n_targets(); ++v) task.free.project(it.residual.data() + v * n);
  auto zt = projected_features(task);
  const Index m = zt.size() / n;
  double lost = task.roles.free.empty() ? 0.0 : system_.trace(task.roles);
  for (Index i = 0; lost > 0.0 && i < zt.size(); ++i) lost -= zt[i] * zt[i];
  lost = std::max(lost, 0.0);
  const auto solved = wide_svd(m, n, std::move(zt), lost, lambda, task.n_targets(),
                               it.residual.data(), it.u.data(), problem_.monitor());
  fit.info.rcond = solved.rcond;
  if (lambda == 0.0) {
    const Index ones = task.roles.penalised_intercept ? 1 : 0;  // a direction of its own
    fit.info.rank = std::max<Index>(0, solved.rank + task.free.rank_of_features() - ones);
  }
  for (Index v = 0; v < task.n_targets(); ++v) task.free.project(it.u.data() + v * n);
  evaluate(task, it, fit.coef.data());
  Buffer<double> rho(it.u.size());
  fit.info.optimality = optimality(task, it, begin, rho.data());
  if (lambda > 0.0) return;
  // Without a penalty the residual need not vanish, only what the features see of it.
  const double gradient = gradient_norm(task.roles, rho);
  const double size = norm2(begin.residual.data(), begin.residual.size());
  const double largest = solved.largest + std::sqrt(lost);
  fit.info.optimality = gradient > 0.0 ? gradient / (largest * size) : 0.0;
}

// |Z^T rho| over all targets.
template <Real T>
double DualRidge<T>::gradient_norm(const DualRoles& roles, const Buffer<double>& rho) const {
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
  system_.features().stream(roles, n_targets, rho.data(), square_up);
  double sum = 0.0;
  for (const double square : squares) sum += square;
  return std::sqrt(sum);
}

// Every coefficient is pinned or free, or the free ones fit every sample, and u is zero.
template <Real T>
void DualRidge<T>::without_penalty(const Task& task, const char* reason, GroupFit& fit) {
  fit.info.solver = Solver::closed_form;
  fit.info.reason = reason;
  fit.info.rank = task.free.rank_of_features();
  auto it = system_.start(task.group, task.roles);
  evaluate(task, it, fit.coef.data());
}

// Forming the kernel may scale the problem, and with it lambda.
template <Real T>
auto DualRidge<T>::task_of(const TargetGroup& group) -> Task {
  system_.form_kernel(dual_roles(problem_, group.alpha));
  auto roles = dual_roles(problem_, group.alpha);
  auto free = system_.unpenalised_part(roles);
  return {group, std::move(roles), std::move(free)};
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
  const Task task = task_of(group);
  const auto& roles = task.roles;
  fit.info.rank = roles.lambda > 0.0 ? roles.n_penalised + task.free.rank_of_features()
                                     : system_.n_weighted() - (problem_.centred() ? 1 : 0);
  if (roles.n_penalised == 0 && !roles.penalised_intercept) {
    without_penalty(task, "every coefficient is pinned to its prior mean or unpenalised", fit);
  } else if (roles.lambda == 0.0 && !roles.free.empty() &&
             task.free.columns() >= system_.n_weighted()) {
    without_penalty(task, "unpenalised features fit every sample", fit);
  } else if (problem_.options().solver == SolverChoice::svd || !by_cholesky(task, fit)) {
    if (system_.mixed()) {  // float products were not enough
      system_.form_exact_kernel(roles);
      return this->fit(group);
    }
    if (automatic) fit.info.fallback = "the dual system is too ill-conditioned";
    by_svd(task, fit);
  }
  if (!(fit.info.optimality <= fit.info.tolerance)) fit.info.status = Status::max_iter_reached;
  return fit;
}

template class DualRidge<double>;
template class DualRidge<float>;

}  // namespace elltwo
