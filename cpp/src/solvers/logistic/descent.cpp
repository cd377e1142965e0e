#include "solvers/logistic/descent.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "parallel/sum_over.hpp"
#include "solvers/logistic/thresholds.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr std::size_t memory = 8;
constexpr double patience = 0.03;  // of the gradient: steps that should leave it show a pace
constexpr double hopeless_pace = 0.9;
constexpr double slowest_pace = 0.8;  // that is expected of a metric again
constexpr double far = 1e-3;  // of the objective to go: the gradient does not show the pace yet,
constexpr double cost_when_far = 0.25;  // and a metric is left after so many steps for what it cost
constexpr double newton_pace = 0.1;     // a slower metric is no Hessian, and is scaled
constexpr int steps_to_scale = 3;  // by the curvature along the first steps (Shanno and Phua 1978)

}  // namespace

template <Real T>
double LogisticDescent<T>::dot(const Buffer<double>& a, const Buffer<double>& b) const {
  return sum_over(a.size(), [&](Index i) { return a[i] * b[i]; });
}

template <Real T>
bool LogisticDescent<T>::refresh(const LogisticPoint& at, LogisticInfo& info) {
  since_refresh_ = 0;
  scale_ = 1.0;
  optimality_at_refresh_ = objective_.optimality(at);
  info.n_hessians +=
      static_cast<double>(objective_.rows().n) / static_cast<double>(objective_.problem().rows().n);
  if (!metric_.refresh(at, objective_.rows())) return false;
  // Near the minimum pairs know what a metric that is no Hessian lacks.
  if (metric_.pace() <= newton_pace || info.gap > far) pairs_.clear();
  return true;
}

// direction = H slope by the two loops over the pairs (Nocedal and Wright, 2nd ed., algorithm 7.4), H
// beginning as the metric's inverse. Returns slope.direction.
template <Real T>
double LogisticDescent<T>::direct(const LogisticPoint& at) {
  Buffer<double> q(at.slope.size());
  std::copy(at.slope.begin(), at.slope.end(), q.begin());
  std::vector<double> along(pairs_.size());
  for (std::size_t i = pairs_.size(); i-- > 0;) {
    along[i] = pairs_[i].inverse_product * dot(pairs_[i].step, q);
    for (Index j = 0; j < q.size(); ++j) q[j] -= along[i] * pairs_[i].turn[j];
  }
  direction_ = Buffer<double>(q.size());
  metric_.solve(q.data(), direction_.data());
  for (double& d : direction_) d *= scale_;
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    const double turn = pairs_[i].inverse_product * dot(pairs_[i].turn, direction_);
    for (Index j = 0; j < q.size(); ++j) {
      direction_[j] += (along[i] - turn) * pairs_[i].step[j];
    }
  }
  return dot(at.slope, direction_);
}

template <Real T>
auto LogisticDescent<T>::search(double descent, const LogisticPoint& at, LogisticInfo& info) {
  const auto place = [&](double length, double* theta) {
    for (Index j = 0; j < direction_.size(); ++j) theta[j] = at.theta[j] + length * direction_[j];
  };
  return search_.run(at, place, direction_, descent, info);
}

template <Real T>
void LogisticDescent<T>::remember(const LogisticPoint& at) {
  const LogisticPoint& found = search_.found();
  Pair pair{Buffer<double>(at.slope.size()), Buffer<double>(at.slope.size()), 0.0};
  for (Index j = 0; j < at.slope.size(); ++j) {
    pair.step[j] = found.theta[j] - at.theta[j];
    pair.turn[j] = at.slope[j] - found.slope[j];
  }
  const double product = dot(pair.step, pair.turn);
  if (!(product > 0.0)) return;
  pair.inverse_product = 1.0 / product;
  if (!std::isfinite(pair.inverse_product)) return;
  if (since_refresh_ < steps_to_scale && metric_.pace() > newton_pace) {
    Buffer<double> turned(pair.turn.size());
    metric_.solve(pair.turn.data(), turned.data());
    scale_ = product / dot(pair.turn, turned);
  }
  if (pairs_.size() == memory) pairs_.pop_front();
  pairs_.push_back(std::move(pair));
}

// Whether a new metric and quick steps from then on cost less than going on at the pace since the last.
template <Real T>
bool LogisticDescent<T>::refresh_pays(double optimality, double tol, double gap) {
  const double nominal = metric_.pace();
  const bool slow = nominal > newton_pace;
  const double pace = std::pow(optimality / optimality_at_refresh_, 1.0 / since_refresh_);
  if (std::pow(nominal, since_refresh_ - 1) > patience) settled_pace_ = pace;
  if (std::pow(nominal, since_refresh_) > patience * (1.0 + 1e-9)) return false;
  if (slow && gap > far && since_refresh_ >= cost_when_far * metric_.cost()) return true;
  if (pace >= hopeless_pace) return true;
  // A slow metric will do no better than it did when it was fresh.
  const double good = slow ? std::clamp(settled_pace_, nominal, slowest_pace) : nominal;
  const double digits = std::log(std::max(optimality / std::max(tol, 1e-15), 1.0));
  const double share =
      static_cast<double>(objective_.rows().n) / static_cast<double>(objective_.problem().rows().n);
  const double going_on = digits / -std::log(std::max(pace, 1e-6));
  const double anew = metric_.cost() * std::max(share, 1.0) + digits / -std::log(good) + 1.0;
  return anew < going_on;
}

// Where the loss has no minimum, the point or the step tends to a direction that tells classes apart.
// True if the descent is over: one was found, or the monitor asked to stop.
template <Real T>
bool LogisticDescent<T>::found_separation(const LogisticPoint& at, LogisticInfo& info) const {
  using Separation = typename LogisticObjective<T>::Separation;
  for (const auto* direction : {&at.theta, &direction_}) {
    ++info.n_passes;
    const auto found = objective_.separates(direction->data());
    if (found == Separation::none) continue;
    info.status = found == Separation::found ? Status::separable : Status::interrupted;
    return true;
  }
  return false;
}

template <Real T>
bool LogisticDescent<T>::run(const DescentGoal& goal, bool metric_is_near, LogisticPoint& at,
                             LogisticInfo& info) {
  using Outcome = typename LogisticSearch<T>::Outcome;
  pairs_.clear();
  since_refresh_ = 1;
  optimality_at_refresh_ = objective_.optimality(at);
  info.tolerance = goal.tol;
  info.status = Status::max_iter_reached;
  if (!metric_is_near && !refresh(at, info)) return false;
  double before = infinity;
  for (int iter = 0;; ++iter) {
    const double optimality = objective_.optimality(at);
    info.optimality = optimality;
    double descent = direct(at);
    if (!(descent > 0.0)) {
      pairs_.clear();
      descent = direct(at);
    }
    info.gap = 0.5 * std::max(descent, 0.0) / std::max(at.objective(), 1e-300);
    if (optimality <= goal.tol || descent < goal.decrement) {
      info.status = Status::converged;
      const bool polished = optimality <= polished_optimality || optimality > 0.5 * before;
      if (!goal.polish || polished) return true;
    }
    const bool may_be_separable = objective_.problem().has_free_features() && goal.tol > 0.0;
    const bool time_to_look =
        iter > 0 && (iter % separation_interval == 0 || iter == goal.max_iter);
    if (may_be_separable && time_to_look && found_separation(at, info)) {
      return info.status != Status::interrupted;
    }
    if (iter >= goal.max_iter) return true;
    before = optimality;
    const bool was_fresh = since_refresh_ == 0;
    const auto found = descent > 0.0 ? search(descent, at, info) : Outcome::stuck;
    if (found == Outcome::interrupted) return false;
    if (found == Outcome::stuck) {
      if (was_fresh || info.status == Status::converged) {
        return true;  // rounding decides from here on
      }
      if (!refresh(at, info)) return false;
      continue;
    }
    ++info.n_iter;
    remember(at);
    std::swap(at, search_.found());
    ++since_refresh_;
    const double reached = objective_.optimality(at);
    if (reached > goal.tol && refresh_pays(reached, goal.tol, info.gap) && !refresh(at, info))
      return false;
  }
}

template class LogisticDescent<double>;
template class LogisticDescent<float>;

}  // namespace elltwo
