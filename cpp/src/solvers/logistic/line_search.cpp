#include "solvers/logistic/line_search.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/sum_over.hpp"
#include "solvers/logistic/thresholds.hpp"

namespace elltwo {
namespace {

constexpr int most_trials = 40;
constexpr double longest = 1e9;  // length of a step

/// Change of predictors, as the root mean square of one column's part, up to which a step is tried.
/// Where all rows are saturated Newton steps can be too long by any power of ten.
constexpr double longest_change = 1e6;

/// The largest root mean square of a column's part in the predictors of a direction.
template <Real T>
double largest_change(const LogisticProblem<T>& problem, const Buffer<double>& direction) {
  double largest = 0.0;
  for (Index i = 0; i < direction.size(); ++i) {
    const double size = problem.column_size(i % problem.cols());
    largest = std::max(largest, std::abs(direction[i]) * size);
  }
  return largest / std::sqrt(problem.weight());
}

}  // namespace

template <Real T>
void LogisticLineSearch<T>::evaluate(double length, const WritePoint& write_point,
                                     LogisticInfo& info) {
  if (trial_.theta.size() == 0) trial_ = objective_.new_point();
  write_point(length, trial_.theta.data());
  if (objective_.rows().n == objective_.problem().rows().n) ++info.n_passes;
  objective_.evaluate(trial_);
}

// The length is reduced by quadratic interpolation. Where differences of the objective are lost in
// rounding, the gradient decides (Hager and Zhang 2005, section 4.1).
template <Real T>
bool LogisticLineSearch<T>::run(const LogisticPoint& at, const WritePoint& write_point,
                                const Buffer<double>& direction, double descent,
                                LogisticInfo& info) {
  const double noise = objective_noise * std::abs(at.objective());
  const double change = largest_change(objective_.problem(), direction);
  double length = change > longest_change ? longest_change / change : 1.0;
  for (int trial = 0; trial < most_trials; ++trial) {
    evaluate(length, write_point, info);
    const double left = std::abs(dot(trial_.slope, direction));
    const double rise = trial_.objective() - at.objective();
    if (rise <= -sufficient_decrease * length * descent || (rise <= noise && left < descent)) {
      lengthen(length, write_point, direction, descent, info);
      return true;
    }
    const double bend = rise + descent * length;
    const double minimum = 0.5 * descent * length * length / bend;
    length = std::isfinite(bend) ? std::clamp(minimum, 0.1 * length, 0.5 * length) : 0.1 * length;
  }
  return false;
}

// Doubles the length for as long as the slope stays steep, as it does where the loss decays
// exponentially.
template <Real T>
void LogisticLineSearch<T>::lengthen(double length, const WritePoint& write_point,
                                     const Buffer<double>& direction, double descent,
                                     LogisticInfo& info) {
  while (length < longest && dot(trial_.slope, direction) >= steep_ * descent) {
    if (shorter_.theta.size() == 0) shorter_ = objective_.new_point();
    std::swap(shorter_, trial_);
    length *= 2.0;
    evaluate(length, write_point, info);
    if (trial_.objective() < shorter_.objective()) continue;
    std::swap(shorter_, trial_);
    break;
  }
}

template class LogisticLineSearch<double>;
template class LogisticLineSearch<float>;

}  // namespace elltwo
