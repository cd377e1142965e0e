#include "solvers/elastic_net/grid.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace elltwo {

std::vector<double> alpha_grid(const std::vector<double>& alpha_max, Index n_alphas, double ratio) {
  double first = 0.0, least = 0.0;
  for (const double alpha : alpha_max) {
    first = std::max(first, alpha);
    if (alpha > 0.0) least = least > 0.0 ? std::min(least, alpha) : alpha;
  }
  if (first == 0.0) first = least = 1.0;
  std::vector<double> grid;
  const double range = std::log(first / least) - std::log(ratio);
  for (Index k = 0; k < n_alphas; ++k) {
    const double part = k == 0 ? 0.0 : static_cast<double>(k) / static_cast<double>(n_alphas - 1);
    grid.push_back(first * std::exp(-part * range));
  }
  return falling(grid);
}

std::vector<double> falling(std::span<const double> alphas) {
  std::vector<double> result(alphas.begin(), alphas.end());
  std::ranges::sort(result, std::greater<>());
  const auto repeated = std::ranges::unique(result);
  result.erase(repeated.begin(), repeated.end());
  return result;
}

DividedAlphas::DividedAlphas(std::span<const double> alphas, double l1_ratio)
    : grid(alphas.empty()) {
  for (const double alpha : falling(alphas)) {
    (l1_ratio == 0.0 || alpha == 0.0 ? ridge : l1).push_back(alpha);
  }
}

}  // namespace elltwo
