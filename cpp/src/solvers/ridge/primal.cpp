#include "solvers/ridge/primal.hpp"

#include <algorithm>
#include <cmath>

#include "solvers/ridge/sketched_errors.hpp"

namespace elltwo {
namespace {

constexpr double gram_error_f32 =
    256 * 0x1p-24;                       // products summed in float over blocks of 256 rows
constexpr double coef_error_f32 = 1e-9;  // a fraction of what a float coefficient resolves

constexpr double coef_error_many = 1e-11;  // of many targets, root mean square

constexpr const char* why_singular = "the normal equations are singular to working precision";
constexpr const char* why_ill_conditioned = "the normal equations are too ill-conditioned";
constexpr const char* why_not_accurate =
    "corrections of the normal equations did not reach the tolerance";
constexpr const char* reason_mixed =
    "no more features than samples: p x p normal equations from float products, "
    "corrected in double";

}  // namespace

// Corrections from residuals of the original data while they halve (Bjorck 1987). With compensated
// residuals they run on to the last digit; otherwise they end once the gradient is rounding, or the
// next step promises to be, and what the last one left is bounded without another pass.
template <Real T>
void PrimalRidge<T>::refine(const NormalEquations<T>& system, GroupFit& fit) {
  const auto gradient = this->gradient(system.group());
  const double floor = gradient.is_small() ? 0.0 : optimality_floor<T>(fit.info.rcond);
  Buffer<double> g(fit.coef.size());
  double previous_size = infinity;
  fit.info.n_iter = 0;
  for (;;) {
    gradient.from_data(fit.coef.data(), g.data(), fit.centre);
    fit.info.optimality = system.optimality(fit.coef.data(), g.data());
    if (fit.info.optimality <= floor || fit.info.n_iter == problem_.options().max_iter) return;
    const Buffer<double> step = system.correction(g.data());
    const double size = system.step_size(fit.coef.data(), step.data());
    if (!(size < 0.5 * previous_size) || size < epsilon / 4) return;
    for (Index i = 0; i < step.size(); ++i) fit.coef[i] += step[i];
    const double next_size = size * (size / std::min(previous_size, 1.0));
    previous_size = size;
    ++fit.info.n_iter;
    if (exact_products() && !gradient.is_small() && next_size < epsilon / 4) {
      const double bound = system.optimality_bound(fit.coef.data(), step.data());
      if (bound <= problem_.options().tol) {
        fit.info.optimality = bound;
        return;
      }
    }
    // What remains is (H - G) step, with the error of a Gram matrix formed in float known.
    if (std::same_as<T, float> && !gradient.is_small() &&
        gram_error_f32 * size < coef_error_f32 * fit.info.rcond) {
      fit.info.optimality = gram_error_f32 * size;
      return;
    }
  }
}

template <Real T>
bool PrimalRidge<T>::has_many_targets(const TargetGroup& group) {
  return exact_products() && problem_.has_rows() && !gradient(group).is_small() &&
         static_cast<Index>(group.targets.size()) >= SketchedErrors::enough_targets;
}

// Whether a sketch of the data costs less than the gradients of all targets from the moments.
template <Real T>
bool PrimalRidge<T>::sketch_is_cheaper(const TargetGroup& group) const {
  constexpr double slower = 4.0;  // operations of products with few columns
  const auto n = static_cast<double>(problem_.n_samples());
  const auto p = static_cast<double>(problem_.n_features());
  const auto m = static_cast<double>(group.targets.size());
  return slower * 2.0 * SketchedErrors::combinations * n * (m + 2.0 * p) < 2.0 * p * p * m;
}

// Corrections of many targets, a pass over the data each, cost more than the fit. A pass of a few
// of their sums tells what a correction would change: where that is little, the fit stands.
template <Real T>
bool PrimalRidge<T>::suffices(const NormalEquations<T>& system, GroupFit& fit) const {
  const auto errors =
      sketched_errors(problem_, data_.moments(), data_.means(), system, fit.coef.data());
  fit.info.optimality = errors.optimality;
  return errors.optimality <= problem_.options().tol && errors.step <= coef_error_many;
}

template <Real T>
auto PrimalRidge<T>::by_cholesky(NormalEquations<T>& system, GroupFit& fit) -> Verdict {
  using Next = typename Verdict::Next;
  const bool insists = insists_on(SolverChoice::cholesky);
  const auto gradient = this->gradient(system.group());
  fit.info.solver = Solver::cholesky;
  fit.info.rank = system.n_active();
  // A penalised intercept multiplies the means by the whole weight: float sums would show.
  if (problem_.intercept_penalty(system.group().alpha) > 0.0) data_.refine_means();
  if (system.has_constants()) return {Next::orthogonal, why_singular};
  const bool definite = system.factor();
  fit.info.rcond = system.rcond();
  // Float products cannot tell a system that is worse from a singular one.
  if (data_.in_float() && !(system.rcond() >= rcond_mixed)) return {Next::double_products};
  if (!definite || system.rcond() < rcond_singular) return {Next::orthogonal, why_singular};
  if (system.rcond() < rcond_hopeless && !insists) return {Next::orthogonal, why_ill_conditioned};
  Buffer<double> g(fit.coef.size());
  const auto correct_from_moments = [&] {
    gradient.from_moments(fit.coef.data(), g.data());
    const auto step = system.correction(g.data());
    for (Index i = 0; i < step.size(); ++i) fit.coef[i] += step[i];
  };
  correct_from_moments();
  const bool rows = problem_.has_rows();
  const bool many = has_many_targets(system.group());
  const bool exact = exact_products() && system.rcond() >= rcond_exact && !gradient.is_small() &&
                     !(many && sketch_is_cheaper(system.group()));
  if (!rows && system.rcond() < rcond_exact) correct_from_moments();  // for a smaller residual
  if (!rows || exact) {
    gradient.from_moments(fit.coef.data(), g.data());
    fit.info.optimality = system.optimality(fit.coef.data(), g.data());
  } else if (!many || !suffices(system, fit)) {
    refine(system, fit);
  }
  if (data_.mixed()) {
    if (!(fit.info.optimality <= mixed_optimality)) return {Next::double_products};
    fit.info.reason = reason_mixed;
  }
  if (fit.info.optimality > problem_.options().tol && !insists) {
    return {Next::orthogonal, why_not_accurate};
  }
  return {};
}

template <Real T>
void PrimalRidge<T>::by_orthogonal(NormalEquations<T>& system, const char* why, GroupFit& fit) {
  fit.info.fallback = why;
  const auto& group = system.group();
  const auto gradient = this->gradient(group);
  if (!qr_ || qr_->active() != system.active()) {
    data_.refine_means();
    qr_.emplace(problem_, data_.moments(), data_.means(), system.active());
  }
  fit.coef = system.prior();
  const bool force_svd = insists_on(SolverChoice::svd);
  const auto solved = qr_->solve(group, gradient.kappa(), force_svd, fit.coef.data());
  fit.info.solver = solved.used_svd ? Solver::svd : Solver::qr;
  fit.info.rcond = solved.rcond;
  fit.info.rank = solved.rank;
  fit.info.n_iter = 0;
  Buffer<double> g(fit.coef.size());
  // Where the normal equations are well-conditioned, corrections remove the error that rows of a
  // large penalty cause in the QR. Beside a dominant one the gradient does not show it.
  if (problem_.has_rows() && *why == '\0' && !system.has_constants() &&
      solved.rank == system.n_active() && system.factor() && system.rcond() > rcond_hopeless) {
    if (system.is_dominated()) {
      gradient.from_data(fit.coef.data(), g.data(), fit.centre);
      const auto step = system.correction(g.data());
      for (Index i = 0; i < step.size(); ++i) fit.coef[i] += step[i];
    }
    return refine(system, fit);
  }
  if (problem_.has_rows()) gradient.from_data(fit.coef.data(), g.data(), fit.centre);
  else gradient.from_moments(fit.coef.data(), g.data());
  fit.info.optimality = system.optimality(fit.coef.data(), g.data());
}

// By Cholesky of products in float, where the moments are such, then in double, then by an
// orthogonal factorisation: the next where the one before does not accept its fit.
template <Real T>
void PrimalRidge<T>::solve(NormalEquations<T>& system, GroupFit& fit) {
  using Next = typename Verdict::Next;
  for (;;) {
    const Verdict verdict = by_cholesky(system, fit);
    if (verdict.next == Next::accept) return;
    if (verdict.next == Next::orthogonal) return by_orthogonal(system, verdict.why, fit);
    data_.compute_in_double();
    system.select_active();
    fit.coef = system.prior();
  }
}

template <Real T>
GroupFit PrimalRidge<T>::fit(const TargetGroup& group) {
  NormalEquations<T> system(problem_, data_.moments(), data_.means(), group);
  GroupFit fit{.coef = system.prior(), .centre = {}, .info = {}};
  fit.info.tolerance = problem_.options().tol;
  if (system.n_active() == 0) {
    fit.info.reason =
        "every coefficient is pinned to its prior mean or multiplies a constant feature";
    data_.refine_means();
  } else if (insists_on(SolverChoice::svd)) {
    fit.info.reason = "asked for";
    by_orthogonal(system, "", fit);
  } else {
    fit.info.reason = insists_on(SolverChoice::cholesky) ? "asked for"
                      : problem_.has_rows()
                          ? "no more features than samples: p x p normal equations"
                          : "moments: p x p normal equations";
    solve(system, fit);
  }
  if (!(fit.info.optimality <= fit.info.tolerance)) fit.info.status = Status::max_iter_reached;
  return fit;
}

template class PrimalRidge<double>;
template class PrimalRidge<float>;

}  // namespace elltwo
