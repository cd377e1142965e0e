#include "solvers/ridge/primal.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/interruption.hpp"
#include "solvers/ridge/mixed_precision.hpp"
#include "solvers/ridge/validate.hpp"

namespace elltwo {
namespace {

constexpr double gram_error_f32 =
    256 * 0x1p-24;                       // products summed in float over blocks of 256 rows
constexpr double coef_error_f32 = 1e-9;  // a fraction of what a float coefficient resolves

}  // namespace

template <Real T>
template <Real Products>
bool PrimalRidge<T>::take_moments() {
  float_products_ = std::same_as<Products, float>;
  const MomentsInput<T> input{.x = problem_.data().x,
                              .y = problem_.data().y,
                              .sqrt_weight = problem_.sqrt_weight(),
                              .scales = problem_.scales(),
                              .centred = problem_.centred()};
  return completed([&] {
    moments_ =
        compute_moments<T, Products>(input, problem_.options().n_threads, problem_.monitor());
  });
}

template <Real T>
template <Real Products>
bool PrimalRidge<T>::moments_in_range(bool of_sample) const {
  for (Index j = 0; j < moments_.n_features; ++j) {
    // A sample may well miss what a column holds: all the rows will tell.
    if (moments_.gram(j, j) == 0.0 && (of_sample || problem_.holds_nothing(j))) continue;
    if (out_of_range<Products>(moments_.gram(j, j))) return false;
  }
  for (Index t = 0; t < moments_.n_targets; ++t) {
    if (out_of_range<Products>(moments_.yy(t))) return false;
  }
  return true;
}

template <Real T>
bool PrimalRidge<T>::prepare() {
  if (worth_mixing(problem_, problem_.n_features()) && sample_looks_good()) {
    if (!take_moments<float>()) return false;
    mixed_ = moments_in_range<float>();
    if (mixed_) return true;
  }
  return prepare_exact();
}

template <Real T>
template <Real Products>
bool PrimalRidge<T>::prepare_exact() {
  mixed_ = false;
  if (!take_moments<Products>()) return false;
  if (moments_in_range<Products>()) return true;
  throw_if_not_finite(problem_.data());
  problem_.scale_columns();
  return take_moments<Products>();
}

// Corrections from residuals of the original data while they halve (Bjorck 1987). With compensated
// residuals they run on to the last digit; otherwise they end once the gradient is rounding, or the
// next step promises to be, and what the last one left is bounded without another pass. False if the
// monitor asked to stop.
template <Real T>
template <class Correct>
bool PrimalRidge<T>::refine(const TargetGroup& group, const Active& active, const Correct& correct,
                            GroupFit& fit) {
  const Gradient<T> gradient(problem_, moments_, group);
  const double floor = gradient.is_small() ? 0.0 : optimality_floor<T>(fit.info.rcond);
  Buffer<double> g(fit.coef.size());
  double previous_size = infinity;
  fit.info.n_iter = 0;
  for (;;) {
    if (!gradient.from_data(fit.coef.data(), g.data(), fit.centre)) return false;
    fit.info.optimality = optimality(group, active, fit.coef.data(), g.data());
    if (fit.info.optimality <= floor || fit.info.n_iter == problem_.options().max_iter) return true;
    const Buffer<double> step = correct(g.data());
    const double size = step_size(group, active, fit.coef.data(), step.data());
    if (!(size < 0.5 * previous_size) || size < epsilon / 4) return true;
    for (Index i = 0; i < step.size(); ++i) fit.coef[i] += step[i];
    const double next_size = size * (size / std::min(previous_size, 1.0));
    previous_size = size;
    ++fit.info.n_iter;
    if (exact_products() && !gradient.is_small() && next_size < epsilon / 4) {
      const double bound = optimality_bound(group, active, fit.coef.data(), step.data());
      if (bound <= problem_.options().tol) {
        fit.info.optimality = bound;
        return true;
      }
    }
    // What remains is (H - G) step, with the error of a Gram matrix formed in float known.
    if (std::same_as<T, float> && !gradient.is_small() &&
        gram_error_f32 * size < coef_error_f32 * fit.info.rcond) {
      fit.info.optimality = gram_error_f32 * size;
      return true;
    }
  }
}

template <Real T>
void PrimalRidge<T>::by_cholesky(const TargetGroup& group, const Active& active, GroupFit& fit) {
  const bool insists = problem_.options().solver == SolverChoice::cholesky;
  const auto n_targets = static_cast<Index>(group.targets.size());
  const Gradient<T> gradient(problem_, moments_, group);
  fit.info.solver = Solver::cholesky;
  fit.info.rank = static_cast<Index>(active.size());
  // A penalised intercept multiplies the means by the whole weight: float sums would show.
  if (problem_.intercept_penalty(group.alpha) > 0.0 && !means_in_full_precision()) {
    fit.info.status = Status::interrupted;
    return;
  }
  auto system = normal_equations(group, active, gradient.kappa());
  bool definite = false;
  const auto factor = [&] {
    definite = system.factor(problem_.options().n_threads, problem_.monitor());
  };
  if (!completed(factor)) {
    fit.info.status = Status::interrupted;
    return;
  }
  fit.info.rcond = system.rcond();
  // Float products cannot tell a system that is worse from a singular one.
  if (float_products_ && !(system.rcond() >= rcond_mixed)) return with_double_products(group, fit);
  if (!definite || system.rcond() < rcond_singular) {
    return by_orthogonal(group, active, "the normal equations are singular to working precision",
                         fit);
  }
  if (system.rcond() < rcond_hopeless && !insists) {
    return by_orthogonal(group, active, "the normal equations are too ill-conditioned", fit);
  }
  Buffer<double> g(fit.coef.size());
  const auto correct = [&](const double* gradient_now) {
    return correction(active, system, gradient_now, n_targets);
  };
  gradient.from_moments(fit.coef.data(), g.data());
  const auto step = correct(g.data());
  for (Index i = 0; i < step.size(); ++i) fit.coef[i] += step[i];
  const bool rows = problem_.has_rows();
  if (!rows && system.rcond() < rcond_exact) {  // of the moments alone: a smaller residual
    gradient.from_moments(fit.coef.data(), g.data());
    const auto again = correct(g.data());
    for (Index i = 0; i < again.size(); ++i) fit.coef[i] += again[i];
  }
  if (!rows || (exact_products() && system.rcond() >= rcond_exact && !gradient.is_small())) {
    gradient.from_moments(fit.coef.data(), g.data());
    fit.info.optimality = optimality(group, active, fit.coef.data(), g.data());
  } else if (!refine(group, active, correct, fit)) {
    fit.info.status = Status::interrupted;
    return;
  }
  if (mixed_) {
    if (!(fit.info.optimality <= mixed_optimality)) return with_double_products(group, fit);
    fit.info.reason =
        "no more features than samples: p x p normal equations from float products, "
        "corrected in double";
  }
  if (fit.info.optimality > problem_.options().tol && !insists) {
    by_orthogonal(group, active, "corrections of the normal equations did not reach the tolerance",
                  fit);
  }
}

template <Real T>
void PrimalRidge<T>::by_orthogonal(const TargetGroup& group, const Active& active, const char* why,
                                   GroupFit& fit) {
  fit.info.fallback = why;
  const Gradient<T> gradient(problem_, moments_, group);
  if (!qr_ || qr_->active() != active) {
    const bool settled = means_in_full_precision();
    qr_.emplace(problem_, moments_, active);
    if (!settled || !qr_->factor()) {
      qr_.reset();
      fit.info.status = Status::interrupted;
      return;
    }
  }
  fit.coef = prior_coef(group);
  const bool force_svd = problem_.options().solver == SolverChoice::svd;
  const auto solved = qr_->solve(group, gradient.kappa(), force_svd, fit.coef.data());
  fit.info.solver = solved.used_svd ? Solver::svd : Solver::qr;
  fit.info.rcond = solved.rcond;
  fit.info.rank = solved.rank;
  fit.info.n_iter = 0;
  bool definite = false;
  // Where the normal equations are sound they take out what a large penalty's rows cost the QR.
  auto system = normal_equations(group, active, gradient.kappa());
  if (problem_.has_rows() && *why == '\0' && solved.rank == static_cast<Index>(active.size()) &&
      completed(
          [&] { definite = system.factor(problem_.options().n_threads, problem_.monitor()); }) &&
      definite && system.rcond() > rcond_hopeless) {
    const auto correct = [&](const double* g) {
      return correction(active, system, g, static_cast<Index>(group.targets.size()));
    };
    if (!refine(group, active, correct, fit)) fit.info.status = Status::interrupted;
    return;
  }
  Buffer<double> g(fit.coef.size());
  if (!problem_.has_rows()) {
    gradient.from_moments(fit.coef.data(), g.data());
  } else if (!gradient.from_data(fit.coef.data(), g.data(), fit.centre)) {
    fit.info.status = Status::interrupted;
    return;
  }
  fit.info.optimality = optimality(group, active, fit.coef.data(), g.data());
}

template <Real T>
GroupFit PrimalRidge<T>::fit(const TargetGroup& group) {
  GroupFit fit{.coef = prior_coef(group), .centre = {}, .info = {}};
  fit.info.tolerance = problem_.options().tol;
  const Active active = active_features(group.alpha);
  if (active.empty()) {
    fit.info.reason =
        "every coefficient is pinned to its prior mean or multiplies a constant feature";
    if (!means_in_full_precision()) fit.info.status = Status::interrupted;
  } else if (problem_.options().solver == SolverChoice::svd) {
    fit.info.reason = "asked for";
    by_orthogonal(group, active, "", fit);
  } else {
    fit.info.reason = problem_.options().solver == SolverChoice::cholesky ? "asked for"
                      : problem_.has_rows()
                          ? "no more features than samples: p x p normal equations"
                          : "moments: p x p normal equations";
    by_cholesky(group, active, fit);
  }
  if (fit.info.status != Status::interrupted && !(fit.info.optimality <= fit.info.tolerance)) {
    fit.info.status = Status::max_iter_reached;
  }
  return fit;
}

template class PrimalRidge<double>;
template class PrimalRidge<float>;
template bool PrimalRidge<double>::moments_in_range<float>(bool) const;
template bool PrimalRidge<float>::moments_in_range<float>(bool) const;
template bool PrimalRidge<double>::prepare_exact<double>();
template bool PrimalRidge<float>::prepare_exact<double>();
template bool PrimalRidge<float>::prepare_exact<float>();

}  // namespace elltwo
