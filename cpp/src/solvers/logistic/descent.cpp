#include "solvers/logistic/descent.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "parallel/sum_over.hpp"
#include "solvers/logistic/separation.hpp"
#include "solvers/logistic/thresholds.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr std::size_t memory = 8;  // pairs

// When the metric is refreshed. A contraction is the ratio of optimality after and before a step.

/// A metric whose contraction exceeds this is no Hessian: the pairs are kept when it is refreshed
/// near the minimum.
constexpr double newton_contraction = 0.1;

/// A metric whose contraction exceeds this lacks parts of the Hessian: it is scaled.
constexpr double scaled_contraction = 0.2;

/// The contraction of a metric is judged once its steps should have reduced the optimality to this
/// part.
constexpr double judged_reduction = 0.03;

/// A contraction at which the metric is refreshed whatever that costs.
constexpr double hopeless_contraction = 0.9;

/// The slowest contraction that is expected of a metric after the next refresh.
constexpr double slowest_contraction = 0.8;

/// Relative gap above which a point is far from the minimum, where the gradient does not show the
/// contraction yet.
constexpr double far_gap = 1e-3;

/// Far from the minimum a metric that is no Hessian is refreshed after steps that have cost this
/// part of the refresh.
constexpr double cost_when_far = 0.25;

/// Steps are slow that leave more than these gaps after so many of them: the coefficients of
/// separable classes are still growing. Ten classes of 3 000 x 300 had gaps of 0.04 after twelve
/// steps at an alpha of 1e-4 and 0.001 at 1; those of 20 000 x 768 had 0.05 and 0.006.
constexpr int steps_to_be_near = 12;
constexpr double gap_to_be_near = 0.02;
constexpr int steps_to_be_close = 20;
constexpr double gap_to_be_close = far_gap;

/// The same for steps in a metric that is the Hessian, of some of the rows at least.
constexpr int newton_steps_to_be_close = 40;

/// From the first to the last of these steps they also are slow if the contraction of the steps in
/// `steps_of_trend` before leads to more than `most_steps_expected`. Ten classes of 20 000 x 768 at
/// an alpha of 1 take 63 steps and 3.0 s; conjugate gradients after 40 steps took 6.8 s.
constexpr int first_step_to_judge = 40;
constexpr int last_step_to_judge = 60;
constexpr int steps_of_trend = 20;
constexpr double most_steps_expected = 80.0;

/// Steps that lower the objective by more than this part in so many of them are far from the
/// minimum, where optimality does not show their rate yet. AR(1) features of 0.95, 3 500 x 6 100: a
/// fall of 1 % in ten steps at a gap of 1e-2.
constexpr int steps_of_fall = 10;
constexpr double fall_when_far = 0.02;

/// Steps in a plain metric are lengthened where this part of the descent is left: a longer one
/// costs a pass, as the next step does. At 0.35, which suits Newton's steps, 5 000 x 5 000 took 76
/// passes to a tolerance of 1e-4 instead of 56.
constexpr double plain_steep = 0.9;

/// Time of a pass over double data in passes over rounded rows.
constexpr double price_of_exact_passes = 1.6;

/// First steps since a refresh whose curvature scales the metric (Shanno and Phua 1978).
constexpr int steps_to_scale = 3;

}  // namespace

template <Real T>
double LogisticDescent<T>::share_of_rows() const {
  return static_cast<double>(objective_.rows().n) /
         static_cast<double>(objective_.problem().rows().n);
}

template <Real T>
void LogisticDescent<T>::refresh(const LogisticPoint& at, LogisticInfo& info) {
  since_refresh_ = 0;
  scale_ = 1.0;
  optimality_at_refresh_ = objective_.optimality(at);
  info.n_hessians += share_of_rows();
  metric_.refresh(at, objective_.rows());
  // Near the minimum the pairs hold what a metric that is no Hessian lacks.
  if (metric_.contraction() <= newton_contraction || gap_ > far_gap) pairs_.clear();
}

// direction = H slope with the quasi-Newton inverse Hessian H, by the two loops over the pairs
// (Nocedal and Wright, 2nd ed., algorithm 7.4). Returns slope . direction.
template <Real T>
double LogisticDescent<T>::set_direction(const LogisticPoint& at) {
  Buffer<double> q(at.slope.size());
  std::copy(at.slope.begin(), at.slope.end(), q.begin());
  std::vector<double> alpha(pairs_.size());
  for (std::size_t i = pairs_.size(); i-- > 0;) {
    alpha[i] = pairs_[i].inverse_product * dot(pairs_[i].step, q);
    for (Index j = 0; j < q.size(); ++j) q[j] -= alpha[i] * pairs_[i].slope_change[j];
  }
  direction_ = Buffer<double>(q.size());
  metric_.solve(q.data(), direction_.data());
  for (double& d : direction_) d *= scale_;
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    const double beta = pairs_[i].inverse_product * dot(pairs_[i].slope_change, direction_);
    for (Index j = 0; j < q.size(); ++j) {
      direction_[j] += (alpha[i] - beta) * pairs_[i].step[j];
    }
  }
  return dot(at.slope, direction_);
}

template <Real T>
bool LogisticDescent<T>::search(double descent, const LogisticPoint& at, LogisticInfo& info) {
  const auto write_point = [&](double length, double* theta) {
    for (Index j = 0; j < direction_.size(); ++j) theta[j] = at.theta[j] + length * direction_[j];
  };
  return search_.run(at, write_point, direction_, descent, info);
}

template <Real T>
void LogisticDescent<T>::store_pair(const DescentGoal& goal, const LogisticPoint& at) {
  const LogisticPoint& found = search_.found();
  Pair pair{Buffer<double>(at.slope.size()), Buffer<double>(at.slope.size()), 0.0};
  for (Index j = 0; j < at.slope.size(); ++j) {
    pair.step[j] = found.theta[j] - at.theta[j];
    pair.slope_change[j] = at.slope[j] - found.slope[j];
  }
  const double product = dot(pair.step, pair.slope_change);
  if (!(product > 0.0)) return;
  pair.inverse_product = 1.0 / product;
  if (!std::isfinite(pair.inverse_product)) return;
  const bool scales = goal.plain || since_refresh_ < steps_to_scale;
  if (scales && metric_.contraction() > scaled_contraction) {
    Buffer<double> solved(pair.slope_change.size());  // M^-1 y
    metric_.solve(pair.slope_change.data(), solved.data());
    scale_ = product / dot(pair.slope_change, solved);
    least_curvature_ = std::min(least_curvature_, 1.0 / scale_);
    largest_curvature_ = std::max(largest_curvature_, 1.0 / scale_);
  }
  if (pairs_.size() == memory) pairs_.pop_front();
  pairs_.push_back(std::move(pair));
}

// Whether a refresh and the steps it makes faster cost less than the steps at the mean contraction
// since the last refresh.
template <Real T>
bool LogisticDescent<T>::refresh_pays(double optimality, const DescentGoal& goal) {
  const double nominal = metric_.contraction();
  const bool slow = nominal > newton_contraction;
  const double mean = std::pow(optimality / optimality_at_refresh_, 1.0 / since_refresh_);
  if (std::pow(nominal, since_refresh_ - 1) > judged_reduction) first_contraction_ = mean;
  if (std::pow(nominal, since_refresh_) > judged_reduction * (1.0 + 1e-9)) return false;
  if (mean >= hopeless_contraction) return true;
  if (goal.keep_metric) return false;
  if (slow && gap_ > far_gap && since_refresh_ >= cost_when_far * metric_.cost()) return true;
  // A slow metric will do no better after this refresh than it did after the last.
  const double expected =
      slow ? std::clamp(first_contraction_, nominal, slowest_contraction) : nominal;
  const double digits = std::log(std::max(optimality / std::max(goal.tol, 1e-15), 1.0));
  const double kept = digits / -std::log(std::max(mean, 1e-6));
  const double refreshed =
      metric_.cost() * std::max(share_of_rows(), 1.0) + digits / -std::log(expected) + 1.0;
  return refreshed < kept;
}

template <Real T>
bool LogisticDescent<T>::slow(int iter, double tol) const {
  if (metric_.contraction() <= scaled_contraction) {
    return iter >= newton_steps_to_be_close && gap_ > gap_to_be_close;
  }
  if (iter >= steps_to_be_near && gap_ > gap_to_be_near) return true;
  if (iter >= steps_to_be_close && gap_ > gap_to_be_close) return true;
  if (iter < first_step_to_judge || iter > last_step_to_judge) return false;
  const double now = optimalities_[iter];
  const double trend = std::log(optimalities_[iter - steps_of_trend] / now) / steps_of_trend;
  const double digits = std::log(now / std::max(tol, least_optimality));
  return !(trend > 0.0) || iter + digits / trend > most_steps_expected;
}

// Whether another method is expected to cost less. It would begin with a Hessian, which is of use
// near the minimum: far from it steps go on until they have cost as much.
template <Real T>
bool LogisticDescent<T>::outpriced(int iter, const DescentGoal& goal) const {
  if (goal.alternative == 0.0 || iter < steps_of_fall) return false;
  if (iter >= goal.alternative) return true;
  const double fall = objectives_[iter - steps_of_fall] / objectives_[iter] - 1.0;
  if (fall > fall_when_far) return false;
  const int steps = std::min(iter, steps_of_trend);
  const double now = optimalities_[iter];
  const double trend = std::log(optimalities_[iter - steps] / now) / steps;
  double digits = std::log(std::max(now / goal.tol, 1.0));
  if (goal.final_tol > 0.0)
    digits += price_of_exact_passes * std::log(std::max(goal.tol / goal.final_tol, 1.0));
  return !(trend > 0.0) || digits / trend > goal.alternative;
}

template <Real T>
void LogisticDescent<T>::take_pairs(LogisticDescent& from) {
  pairs_ = std::move(from.pairs_);
  scale_ = from.scale_;
  least_curvature_ = from.least_curvature_;
  largest_curvature_ = from.largest_curvature_;
  keeps_pairs_ = true;
}

template <Real T>
double LogisticDescent<T>::curvature_ratio() const {
  return largest_curvature_ > 0.0 ? least_curvature_ / largest_curvature_ : 1.0;
}

template <Real T>
void LogisticDescent<T>::iterate(const DescentGoal& goal, bool metric_is_near, LogisticPoint& at,
                                 LogisticInfo& info) {
  const bool may_be_separable = objective_.problem().has_free_features() && goal.is_answer;
  const auto cone = may_be_separable ? free_cone(objective_.problem()) : FreeCone{};
  if (goal.plain) search_.set_steep(plain_steep);
  if (!std::exchange(keeps_pairs_, false)) pairs_.clear();
  optimalities_.clear();
  objectives_.clear();
  since_refresh_ = 1;
  optimality_at_refresh_ = objective_.optimality(at);
  info.tolerance = goal.tol;
  info.status = Status::max_iter_reached;
  if (!metric_is_near) refresh(at, info);
  double before = infinity;
  for (int iter = 0;; ++iter) {
    const double optimality = objective_.optimality(at);
    info.optimality = optimality;
    optimalities_.push_back(optimality);
    objectives_.push_back(at.objective());
    double descent = set_direction(at);
    if (!(descent > 0.0)) {
      pairs_.clear();
      descent = set_direction(at);
    }
    gap_ = 0.5 * std::max(descent, 0.0) / std::max(at.objective(), 1e-300);
    if (optimality <= goal.tol || descent < goal.decrement) {
      info.status = Status::converged;
      const bool polished = optimality <= polished_optimality || optimality > 0.5 * before;
      if (!goal.polish || polished) return;
    }
    const bool test_now = may_be_separable && iter > 0 && iter % separation_interval == 0;
    if (test_now && found_separation(objective_, cone, at, direction_, info)) {
      info.status = Status::separable;
      return;
    }
    if (iter >= goal.max_iter || (goal.stop_if_slow && slow(iter, goal.tol))) return;
    if (info.status != Status::converged && outpriced(iter, goal)) return;
    before = optimality;
    const bool was_fresh = since_refresh_ == 0;
    const bool moved = descent > 0.0 && search(descent, at, info);
    if (!moved) {
      if (was_fresh || info.status == Status::converged) return;  // only rounding is left
      refresh(at, info);
      continue;
    }
    ++info.n_iter;
    store_pair(goal, at);
    std::swap(at, search_.found());
    ++since_refresh_;
    const double reached = objective_.optimality(at);
    if (!goal.plain && reached > goal.tol && refresh_pays(reached, goal)) refresh(at, info);
  }
}

template <Real T>
void LogisticDescent<T>::run(const DescentGoal& goal, bool metric_is_near, LogisticPoint& at,
                             LogisticInfo& info) {
  iterate(goal, metric_is_near, at, info);
  const auto& problem = objective_.problem();
  const bool goes_on = goal.stop_if_slow && info.status == Status::max_iter_reached &&
                       info.n_iter < problem.options().max_iter;
  const bool decided = info.status == Status::separable || goal.max_iter == 0 || goes_on;
  if (!goal.is_answer || decided || !problem.has_free_features()) return;
  if (has_separation(objective_, free_cone(problem), at, direction_, info)) {
    info.status = Status::separable;
  }
}

template class LogisticDescent<double>;
template class LogisticDescent<float>;

}  // namespace elltwo
