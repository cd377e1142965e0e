#include "solvers/ridge/nearest.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo {

template <Real T>
NearestNorm nearest_norm(const Problem<T>& problem, const Means& means,
                         const std::vector<Index>& active, double alpha,
                         std::vector<double> levels) {
  NearestNorm norm;
  const bool level = problem.counts_intercept(alpha);
  double largest = 0.0;  // a power of two: relative to it units stay within range
  for (const Index j : active) largest = std::max(largest, problem.x_scale(j));
  for (const Index j : active) {
    const double unit = problem.x_scale(j) / largest;
    norm.unit.push_back(unit);
    norm.size.push_back(std::sqrt(problem.raw_penalty(j, 1.0)) * unit);
    if (level) norm.row.push_back(means.x[j] / largest);
  }
  if (!level) return norm;
  norm.level = std::move(levels);
  for (double& v : norm.level) v /= largest;
  return norm;
}

template NearestNorm nearest_norm<double>(const Problem<double>&, const Means&,
                                          const std::vector<Index>&, double, std::vector<double>);
template NearestNorm nearest_norm<float>(const Problem<float>&, const Means&,
                                         const std::vector<Index>&, double, std::vector<double>);

}  // namespace elltwo
