#include "solvers/logistic/early_descent.hpp"

#include <algorithm>
#include <utility>

namespace elltwo {
namespace {

/// Optimality down to which rounded rows serve: their minimum has about 1e-7 of that of the data.
constexpr double least_rounded_tol = 1e-6;

/// Part of the tolerance that steps over rounded rows reach, so that the data confirm it.
constexpr double rounded_share = 0.8;

/// Passes over rounded rows in the time of one over the data.
constexpr double rounded_passes = 1.6;

}  // namespace

template <Real T>
bool EarlyDescent<T>::run(const DescentGoal& goal, LogisticPoint& at, LogisticInfo& info) {
  const LogisticObjective<T> rounded(objective_.problem(), rounded_);
  auto start = rounded.new_point();
  std::copy(at.theta.begin(), at.theta.end(), start.theta.begin());
  rounded.evaluate(start);
  LogisticDescent<T> first(rounded, metric_);
  DescentGoal nearer{.tol = std::max(rounded_share * goal.tol, least_rounded_tol),
                     .max_iter = 4 * goal.max_iter,
                     .plain = true,
                     .alternative = rounded_passes * hessian_cost_,
                     .final_tol = goal.tol};
  first.run(nearer, false, start, info);
  std::swap(at.theta, start.theta);
  objective_.evaluate(at);
  info.n_passes += 2;
  info.n_iter = 0;
  rcond_ = first.curvature_ratio();
  if (info.status == Status::converged) {
    LogisticDescent<T> second(objective_, metric_);
    second.take_pairs(first);
    DescentGoal last = goal;
    last.plain = true;
    last.alternative = hessian_cost_;
    second.run(last, true, at, info);
    rcond_ = second.curvature_ratio();
  }
  info.n_hessians = 0.0;  // the metric is none
  if (info.status == Status::converged) return true;
  info.n_iter = 0;
  return false;
}

template class EarlyDescent<double>;
template class EarlyDescent<float>;

}  // namespace elltwo
