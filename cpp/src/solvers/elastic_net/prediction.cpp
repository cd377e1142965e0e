#include "solvers/elastic_net/prediction.hpp"

#include <cmath>

#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

// How near to alpha l1 a predicted slope makes a feature enter the working set. With 0.02 several
// in a hundred blocks are solved twice, with 0.2 the set is too large.
constexpr double margin = 0.05;
constexpr double outside_violation = 1e-12;  // relative to alpha l1
constexpr double outside_rounding = 8.0 * epsilon;

}  // namespace

std::vector<Index> Outsiders::likely(const Slopes& slopes, double first, double last) const {
  std::vector<Index> found;
  for (const Index j : penalty_.movable()) {
    if (set_.has(j)) continue;
    const double derivative = slopes.derivative.empty() ? 0.0 : slopes.derivative[j];
    const auto near = [&](double alpha) {
      const double q = slopes.q[j] + (alpha - slopes.alpha) * derivative;
      return std::abs(q) > (1.0 - margin) * alpha * penalty_[j].l1 && may_follow(j, q);
    };
    if (near(last) || near(first)) found.push_back(j);
  }
  return found;
}

std::vector<Index> Outsiders::violators(double alpha, const PointSlopes& slopes) const {
  const double noise = outside_rounding * std::sqrt(slopes.rss);
  const double* q = slopes.q;
  std::vector<Index> found;
  for (const Index j : slopes.features) {
    const double limit = alpha * penalty_[j].l1 * (1.0 + outside_violation) + noise * norms_[j];
    if (std::abs(q[j]) > limit && !set_.has(j) && may_follow(j, q[j])) found.push_back(j);
  }
  return found;
}

}  // namespace elltwo
