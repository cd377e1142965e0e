#include "solvers/logistic_pass/points.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "solvers/shared/validate.hpp"

namespace elltwo {
namespace {

void require_finite_point_values(const char* name, std::span<const double> values) {
  for (const double v : values) {
    if (std::isfinite(v)) continue;
    throw std::invalid_argument(std::string(name) + " must be finite, got " + std::to_string(v));
  }
}

void require_points(const LogisticPassPoints& given) {
  if (given.n_features < 1) throw std::invalid_argument("X must have at least one column");
  if (given.n_classes < 2) {
    throw std::invalid_argument("n_classes must be 2 or more, got " +
                                std::to_string(given.n_classes));
  }
  if (given.left_out.empty()) throw std::invalid_argument("theta must have at least one point");
  const auto n_points = static_cast<Index>(given.left_out.size());
  require_size("theta", given.theta.size(), n_points * given.n_outputs() * (given.n_features + 1));
  require_size("hessian", given.hessian.size(), n_points);
  require_size("shift", given.shift.size(), given.n_features);
  require_size("scale", given.scale.size(), given.n_features);
  require_finite_point_values("theta", given.theta);
  require_finite_point_values("shift", given.shift);
  require_finite_point_values("scale", given.scale);
  const double least = std::ranges::min(given.scale);
  if (!(least > 0.0))
    throw std::invalid_argument("scale must be positive, got " + std::to_string(least));
}

}  // namespace

PassPoints::PassPoints(const LogisticPassPoints& given)
    : n_classes(given.n_classes), hessian_in_float(given.hessian_in_float) {
  require_points(given);
  theta.assign(given.theta.begin(), given.theta.end());
  left_out.assign(given.left_out.begin(), given.left_out.end());
  shift.assign(given.shift.begin(), given.shift.end());
  scale.assign(given.scale.begin(), given.scale.end());
  place.assign(left_out.size(), -1);
  for (Index point = 0; point < n_points(); ++point) {
    if (given.hessian[point] != 0) {
      place[point] = n_hessians();
      asked.push_back(point);
    }
    const auto same = [&](const Group& group) { return group.left_out == left_out[point]; };
    auto group = std::ranges::find_if(groups, same);
    if (group == groups.end()) group = groups.insert(group, {left_out[point], {}});
    group->points.push_back(point);
  }
}

}  // namespace elltwo
