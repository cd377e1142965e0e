#include "solvers/shared/results.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "solvers/shared/validate.hpp"

namespace elltwo {
namespace {

[[noreturn]] void refuse(double value, const std::string& name, const std::string& where) {
  throw std::overflow_error(name + " is beyond the range of float64" + where + ", got " +
                            show(value) + "; X, y, weights or penalties need other units");
}

}  // namespace

// Sums v - v, which is 0 or NaN, in as many sums as keep the lanes of vectors busy.
template <Real T>
bool are_finite(std::span<const T> values) {
  constexpr std::size_t lanes = 16;
  T not_finite[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= values.size(); i += lanes) {
    for (std::size_t k = 0; k < lanes; ++k) not_finite[k] += values[i + k] - values[i + k];
  }
  for (; i < values.size(); ++i) not_finite[0] += values[i] - values[i];
  T sum = 0;
  for (const T v : not_finite) sum += v;
  return sum == T{0};
}

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

template bool are_finite(std::span<const double>);
template bool are_finite(std::span<const float>);

}  // namespace elltwo
