#include "solvers/ridge_batch/choice_rule.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

// Distance of the effective degrees of freedom at the ends of a grid from the rank and from 0.
constexpr double edf_at_the_ends = 0.01;
// Smallest alpha relative to the largest eigenvalue: smaller ones are rounding errors beside it.
constexpr double narrowest = 1e-12;

void log_spaced(double low, double high, std::span<double> out) {
  if (!(low > 0.0 && std::isfinite(high))) {
    throw std::invalid_argument(
        "X must have squares within the range of float64 where alphas=None; pass alphas, or scale "
        "X");
  }
  const double first = std::log10(low), last = std::log10(high);
  const double step = (last - first) / static_cast<double>(out.size() - 1);
  for (std::size_t a = 0; a < out.size(); ++a) {
    out[a] = std::pow(10.0, first + step * static_cast<double>(a));
  }
  out.front() = low;
  out.back() = high;
}

}  // namespace

double chosen_alpha(std::span<const double> alphas, std::span<const double> score,
                    std::span<const double> standard_error, bool one_standard_error) {
  const auto best = std::min_element(score.begin(), score.end());
  double limit = *best;
  if (one_standard_error) limit += standard_error[best - score.begin()];
  double chosen = 0.0;
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    if (score[a] <= limit) chosen = std::max(chosen, alphas[a]);
  }
  return chosen;
}

double generalised_cv(double n, double rss, double edf) {
  const double left = n - edf;
  if (!(left > 1e-10 * n)) return infinity;  // rss is rounding error
  return n * rss / (left * left);
}

AlphaScores pooled(std::span<const double> values, std::span<const double> weight) {
  const std::size_t n_alphas = values.size() / weight.size();
  double total = 0.0, counted = 0.0;
  for (const double w : weight) {
    total += w;
    counted += w > 0.0 ? 1.0 : 0.0;
  }
  AlphaScores result{std::vector<double>(n_alphas, 0.0), std::vector<double>(n_alphas, 0.0)};
  for (std::size_t i = 0; i < weight.size(); ++i) {
    const double share = weight[i] / total;
    for (std::size_t a = 0; a < n_alphas; ++a) result.score[a] += share * values[i * n_alphas + a];
  }
  std::vector<double> unit;  // in which deviations have squares
  for (const double score : result.score) unit.push_back(power_of_two_for(score));
  for (std::size_t i = 0; i < weight.size(); ++i) {
    const double share = weight[i] / total;
    for (std::size_t a = 0; a < n_alphas; ++a) {
      const double deviation = share * (values[i * n_alphas + a] - result.score[a]) * unit[a];
      result.standard_error[a] += deviation * deviation;
    }
  }
  const double correction = counted / std::max(counted - 1.0, 1.0);
  for (std::size_t a = 0; a < n_alphas; ++a) {
    result.standard_error[a] = std::sqrt(result.standard_error[a] * correction) / unit[a];
  }
  return result;
}

void own_grid(std::span<const double> eigenvalues, std::span<double> out) {
  if (eigenvalues.empty()) {  // every alpha gives the same fit
    std::fill(out.begin(), out.end(), 1.0);
    return;
  }
  double sum = 0.0, of_inverses = 0.0;
  for (const double s : eigenvalues) {
    sum += s;
    of_inverses += 1.0 / s;
  }
  const double low = std::max(edf_at_the_ends / of_inverses, narrowest * eigenvalues.front());
  log_spaced(low, sum / edf_at_the_ends, out);
}

void own_grid_between(double sum_of_inverses, double sum, std::span<double> out) {
  log_spaced(edf_at_the_ends / sum_of_inverses, sum / edf_at_the_ends, out);
}

}  // namespace elltwo
