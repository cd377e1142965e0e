#include "solvers/shared/weights.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"

namespace elltwo {

double largest_weight(std::span<const double> weights, int n_threads) {
  std::mutex lock;
  double largest = 0.0;
  const auto n = static_cast<Index>(weights.size());
  run_over(n, threads_for(n_threads, 8.0 * static_cast<double>(n)), [&](Index begin, Index end) {
    constexpr Index lanes = 8;  // independent: a loop over them becomes vectors
    const double* w = weights.data();
    double high[lanes] = {};
    double low[lanes] = {};
    double not_finite[lanes] = {};  // w - w is 0 or NaN
    const auto look = [&](Index i, Index lane) {
      high[lane] = w[i] > high[lane] ? w[i] : high[lane];
      low[lane] = w[i] < low[lane] ? w[i] : low[lane];
      not_finite[lane] += w[i] - w[i];
    };
    Index i = begin;
    for (; i + lanes <= end; i += lanes) {
      for (Index lane = 0; lane < lanes; ++lane) look(i + lane, lane);
    }
    for (; i < end; ++i) look(i, 0);
    const std::lock_guard guard(lock);
    for (Index lane = 0; lane < lanes; ++lane) {
      const bool bad = low[lane] < 0.0 || not_finite[lane] != 0.0 || std::isnan(largest);
      largest = bad ? std::numeric_limits<double>::quiet_NaN() : std::max(largest, high[lane]);
    }
  });
  return largest;
}

}  // namespace elltwo
