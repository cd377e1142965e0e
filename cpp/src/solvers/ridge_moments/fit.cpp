#include "solvers/ridge_moments/fit.hpp"

#include <algorithm>
#include <stdexcept>

#include "parallel/interruption.hpp"
#include "solvers/ridge/ridge.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {

ScaledMoments moments_for(const Moments& moments, bool centred, const RidgeOptions& options,
                          SumUnits& units) {
  const auto& sums = moments.sums();
  if (sums.empty()) throw std::invalid_argument("the moments hold no rows of positive weight yet");
  const bool with_means = !options.fit_intercept || options.penalize_intercept;
  auto result = sums.moments(centred, with_means, units);
  result.noise = epsilon * static_cast<double>(result.n_features);
  for (Index j = 0; j < result.n_features; ++j) {
    if (!(sums.rows().square[j] > 0.0)) continue;
    result.noise = std::max(result.noise, sums.rows().square_error[j] / sums.rows().square[j]);
  }
  return result;
}

SolveInfo ridge(const Moments& moments, const RidgePenalty& penalty, const RidgeOptions& options,
                Monitor& monitor, std::span<double> coef, std::span<double> intercept) {
  SumUnits units;
  // About the means even without an intercept: adding the product of the means would lose digits.
  const auto known = moments_for(moments, true, options, units);
  const auto rows = static_cast<Index>(moments.n_rows());
  const RidgeData<double> data{.x = {nullptr, rows, moments.n_features(), 0, 0},
                               .y = {nullptr, rows, moments.n_targets(), 0, 0},
                               .alpha = penalty.alpha,
                               .penalty_factors = penalty.penalty_factors,
                               .prior_mean = penalty.prior_mean,
                               .sample_weight = {}};
  const KnownProducts<double> products{.moments = &known, .dual = nullptr, .units = &units};
  return info_of(
      [&] { return ridge_from_products(data, products, options, monitor, coef, intercept); });
}

}  // namespace elltwo
