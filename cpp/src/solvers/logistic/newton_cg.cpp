#include "solvers/logistic/newton_cg.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/sum_over.hpp"
#include "solvers/logistic/separation.hpp"
#include "solvers/logistic/thresholds.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

// Accuracy of a direction, |H d - slope| / |slope| in the norm of M^-1. Ten classes of 3 000 x 300,
// nearly separated by penalties of 1e-6 to 1: between 0.03 and 0.7 the coarse one changed passes by
// a tenth.

/// Far from the minimum.
constexpr double coarse = 0.5;

/// Where a direction is expected to reach the tolerance.
constexpr double finest = 1e-3;

/// What is gained beyond the tolerance, so that the last step is one.
constexpr double surplus = 0.3;

/// Optimality below which rounding may keep it from falling further, and the steps without halving
/// the best one after which a fit below it ends.
constexpr double stalled_optimality = 1e-8;
constexpr int most_steps_without_gain = 4;

constexpr int most_iterations = 1000;  // for one direction

}  // namespace

template <Real T>
void LogisticNewtonCg<T>::refresh(const LogisticPoint& at, LogisticInfo& info) {
  info.n_hessians += 1.0;
  metric_.refresh(at, objective_.rows());
  fresh_ = true;
}

// d by conjugate gradients. Returns slope . d.
template <Real T>
double LogisticNewtonCg<T>::set_direction(const LogisticPoint& at, double accuracy,
                                          LogisticInfo& info) {
  const auto apply = [&](const double* v, Buffer<double>& q) {
    objective_.hessian_product(at, v, q);
    ++info.n_passes;
  };
  const auto precondition = [&](const double* r, double* z) { metric_.solve(r, z); };
  cg_.solve(at.slope.data(), accuracy, most_iterations, direction_.data(), apply, precondition);
  return dot(at.slope, direction_);
}

template <Real T>
bool LogisticNewtonCg<T>::search(double descent, const LogisticPoint& at, LogisticInfo& info) {
  const auto write_point = [&](double length, double* theta) {
    for (Index j = 0; j < direction_.size(); ++j) theta[j] = at.theta[j] + length * direction_[j];
  };
  return search_.run(at, write_point, direction_, descent, info);
}

template <Real T>
void LogisticNewtonCg<T>::iterate(const DescentGoal& goal, bool metric_is_near, LogisticPoint& at,
                                  LogisticInfo& info) {
  const bool may_be_separable = objective_.problem().has_free_features() && goal.is_answer;
  const auto cone = may_be_separable ? free_cone(objective_.problem()) : FreeCone{};
  info.tolerance = goal.tol;
  info.status = Status::max_iter_reached;
  fresh_ = false;
  if (!metric_is_near) refresh(at, info);
  double before = infinity, best = infinity;
  int without_gain = 0;
  for (int iter = 0;; ++iter) {
    info.optimality = objective_.optimality(at);
    without_gain = info.optimality < 0.5 * best ? 0 : without_gain + 1;
    best = std::min(best, info.optimality);
    if (info.optimality <= goal.tol) {
      info.status = Status::converged;
      const bool polished =
          info.optimality <= polished_optimality || info.optimality > 0.5 * before;
      if (!goal.polish || polished) return;
    }
    const bool test_now = may_be_separable && iter > 0 && iter % separation_interval == 0;
    if (test_now && found_separation(objective_, cone, at, direction_, info)) {
      info.status = Status::separable;
      return;
    }
    const bool stalled = best <= stalled_optimality && without_gain >= most_steps_without_gain;
    if (iter >= goal.max_iter || stalled) return;
    before = info.optimality;
    if (!fresh_ && cg_.n_iter() > metric_.cost()) refresh(at, info);
    const double wanted = surplus * goal.tol / info.optimality;
    const double descent = set_direction(at, std::clamp(wanted, finest, coarse), info);
    const bool moved = descent > 0.0 && search(descent, at, info);
    if (!moved) {
      if (fresh_ || info.status == Status::converged) return;  // only rounding is left
      refresh(at, info);
      continue;
    }
    ++info.n_iter;
    fresh_ = false;
    std::swap(at, search_.found());
  }
}

template <Real T>
void LogisticNewtonCg<T>::run(const DescentGoal& goal, bool metric_is_near, LogisticPoint& at,
                              LogisticInfo& info) {
  direction_ = Buffer<double>::zeros(at.slope.size());
  iterate(goal, metric_is_near, at, info);
  const auto& problem = objective_.problem();
  const bool decided = info.status == Status::separable || goal.max_iter == 0;
  if (!goal.is_answer || decided || !problem.has_free_features()) return;
  if (has_separation(objective_, free_cone(problem), at, direction_, info)) {
    info.status = Status::separable;
  }
}

template class LogisticNewtonCg<double>;
template class LogisticNewtonCg<float>;

}  // namespace elltwo
