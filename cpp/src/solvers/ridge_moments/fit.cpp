#include "solvers/ridge_moments/fit.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "solvers/ridge/ridge.hpp"
#include "solvers/shared/ranges.hpp"
#include "solvers/shared/results.hpp"

namespace elltwo {

double relative_noise(const RunningSums& sums) {
  double noise = epsilon * static_cast<double>(sums.n_features());
  for (Index j = 0; j < sums.n_features(); ++j) {
    const double square = sums.rows().square[j];
    if (square > 0.0) noise = std::max(noise, sums.rows().square_error[j] / square);
  }
  return noise;
}

ScaledMoments moments_for(const Moments& moments, bool centred, const RidgeOptions& options,
                          SumUnits& units) {
  const auto& sums = moments.sums();
  if (sums.empty()) throw std::invalid_argument("the moments hold no rows of positive weight yet");
  const bool with_means = !options.fit_intercept || options.penalize_intercept;
  auto result = sums.moments(centred, with_means, units);
  result.noise = relative_noise(sums);
  return result;
}

namespace {

/// A scaled penalty above this sets the unit of its column: in that of the column alone it would
/// leave the range of the arithmetic, and pin the coefficient where it is X^T r / alpha.
constexpr double largest_scaled_penalty = 1e200;

// The largest finite penalty of feature j over alphas, times the unit of the weights.
double largest_penalty(const RidgePenalty& penalty, Index j, double weight_unit) {
  const double factor = penalty.penalty_factors.empty() ? 1.0 : penalty.penalty_factors[j];
  double largest = 0.0;
  for (const double alpha : penalty.alpha) {
    const double a = alpha * factor * weight_unit;
    if (std::isfinite(a)) largest = std::max(largest, a);
  }
  return largest;
}

// Changes the units of columns that a penalty dominates so that the penalty is near one in them.
// Products that underflow vanish beside it.
void fit_units_to(const RidgePenalty& penalty, ScaledMoments& moments, SumUnits& units) {
  const Index p = moments.n_features;
  auto& g = moments.gram;
  for (Index j = 0; j < p; ++j) {
    const double largest = largest_penalty(penalty, j, units.weight);
    if (penalty_in_units(largest, units.column[j], 1.0) <= largest_scaled_penalty) continue;
    const double unit = power_of_two_for(std::sqrt(largest));
    const double change = unit / units.column[j];
    for (Index i = 0; i < j; ++i) g.data()[i * g.ld() + j] *= change;
    for (Index k = j; k < g.cols(); ++k) g.data()[j * g.ld() + k] *= change;
    g.data()[j * g.ld() + j] *= change;
    moments.x_mean[j] *= change;
    units.column[j] = unit;
  }
}

}  // namespace

SolveInfo ridge(const Moments& moments, const RidgePenalty& penalty, const RidgeOptions& options,
                Monitor& monitor, std::span<double> coef, std::span<double> intercept) {
  SumUnits units;
  // About the means even without an intercept: adding the product of the means would lose digits.
  auto known = moments_for(moments, true, options, units);
  fit_units_to(penalty, known, units);
  const auto rows = static_cast<Index>(moments.n_rows());
  const RidgeData<double> data{.x = {nullptr, rows, moments.n_features(), 0, 0},
                               .y = {nullptr, rows, moments.n_targets(), 0, 0},
                               .alpha = penalty.alpha,
                               .penalty_factors = penalty.penalty_factors,
                               .prior_mean = penalty.prior_mean,
                               .sample_weight = {}};
  const KnownProducts<double> products{.moments = &known, .dual = nullptr, .units = &units};
  return fit_of({coef, data.x.cols, intercept}, [&] {
    return ridge_from_products(data, products, options, monitor, coef, intercept);
  });
}

}  // namespace elltwo
