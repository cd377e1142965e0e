#include "solvers/ridge/nearest.hpp"

#include <cmath>

namespace elltwo {

template <Real T>
NearestNorm nearest_norm(const Problem<T>& problem, const Means& means,
                         const std::vector<Index>& active, double alpha,
                         std::vector<double> levels) {
  NearestNorm norm;
  const bool level = problem.counts_intercept(alpha);
  for (const Index j : active) {
    norm.unit.push_back(problem.x_scale(j));
    norm.size.push_back(std::sqrt(problem.raw_penalty(j, 1.0)) * problem.x_scale(j));
    if (level) norm.row.push_back(means.x[j]);
  }
  if (level) norm.level = std::move(levels);
  return norm;
}

template NearestNorm nearest_norm<double>(const Problem<double>&, const Means&,
                                          const std::vector<Index>&, double, std::vector<double>);
template NearestNorm nearest_norm<float>(const Problem<float>&, const Means&,
                                         const std::vector<Index>&, double, std::vector<double>);

}  // namespace elltwo
