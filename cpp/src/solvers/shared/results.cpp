#include "solvers/shared/results.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "solvers/shared/validate.hpp"

namespace elltwo {
namespace {

// Sums v - v, which is 0 or NaN.
bool are_finite(std::span<const double> values) {
  double not_finite = 0.0;
  for (const double v : values) not_finite += v - v;
  return not_finite == 0.0;
}

[[noreturn]] void refuse(double value, const std::string& name, const std::string& where) {
  throw std::overflow_error(name + " is beyond the range of float64" + where + ", got " +
                            show(value) + "; X, y, weights or penalties need other units");
}

}  // namespace

bool are_finite(const Results& results) {
  return are_finite(results.coef) && are_finite(results.intercept);
}

void require_finite_results(const Results& results) {
  if (are_finite(results)) return;
  for (std::size_t i = 0; i < results.coef.size(); ++i) {
    if (std::isfinite(results.coef[i])) continue;
    const auto feature = static_cast<Index>(i) % results.n_features;
    refuse(results.coef[i], "coef", " for feature " + std::to_string(feature));
  }
  for (const double b0 : results.intercept) {
    if (!std::isfinite(b0)) refuse(b0, "intercept", "");
  }
}

}  // namespace elltwo
