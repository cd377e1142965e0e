#include "solvers/logistic/line_search.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/sum_over.hpp"
#include "solvers/logistic/thresholds.hpp"

namespace elltwo {
namespace {

constexpr double objective_noise = 1e-13;
constexpr int most_trials = 40;
constexpr double steep = 0.35;  // the slope left after a step that should have been longer
constexpr double longest = 1e9;

}  // namespace

template <Real T>
bool LogisticSearch<T>::try_length(double length, const Place& place, LogisticInfo& info) {
  if (trial_.theta.size() == 0) trial_ = objective_.room();
  place(length, trial_.theta.data());
  if (objective_.rows().n == objective_.problem().rows().n) ++info.n_passes;
  return objective_.evaluate(trial_);
}

// The whole step is shortened by interpolation. Where differences of the objective drown in rounding, the
// slope decides (Hager and Zhang 2005, section 4.1).
template <Real T>
auto LogisticSearch<T>::run(const LogisticPoint& at, const Place& place,
                            const Buffer<double>& direction, double descent, LogisticInfo& info)
    -> Outcome {
  const double noise = objective_noise * std::abs(at.objective());
  double length = 1.0;
  for (int trial = 0; trial < most_trials; ++trial) {
    if (!try_length(length, place, info)) return Outcome::interrupted;
    const double left = std::abs(dot(trial_.slope, direction));
    const double rise = trial_.objective() - at.objective();
    if (rise <= -sufficient_decrease * length * descent || (rise <= noise && left < descent)) {
      return lengthen(length, place, direction, descent, info);
    }
    const double bend = rise + descent * length;
    const double minimum = 0.5 * descent * length * length / bend;
    length = std::isfinite(bend) ? std::clamp(minimum, 0.1 * length, 0.5 * length) : 0.1 * length;
  }
  return Outcome::stuck;
}

// Doubles a step as long as the slope stays steep, as it does where the loss decays exponentially.
template <Real T>
auto LogisticSearch<T>::lengthen(double length, const Place& place, const Buffer<double>& direction,
                                 double descent, LogisticInfo& info) -> Outcome {
  while (length < longest && dot(trial_.slope, direction) >= steep * descent) {
    if (shorter_.theta.size() == 0) shorter_ = objective_.room();
    std::swap(shorter_, trial_);
    length *= 2.0;
    if (!try_length(length, place, info)) return Outcome::interrupted;
    if (trial_.objective() < shorter_.objective()) continue;
    std::swap(shorter_, trial_);
    break;
  }
  return Outcome::moved;
}

template class LogisticSearch<double>;
template class LogisticSearch<float>;

}  // namespace elltwo
