#include "solvers/elastic_net/validate.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "solvers/ridge/validate.hpp"
#include "solvers/shared/box.hpp"
#include "solvers/shared/validate.hpp"

namespace elltwo {
namespace {

void require_grid(const ElasticNetOptions& options, std::span<const double> factors) {
  if (options.l1_ratio == 0.0) {
    throw std::invalid_argument(
        "alphas must be given where l1_ratio is 0: no penalty makes all coefficients zero then");
  }
  if (options.n_alphas < 1) {
    throw std::invalid_argument("n_alphas must be at least 1, got " +
                                std::to_string(options.n_alphas));
  }
  const double ratio = options.alpha_min_ratio;
  if (!(ratio >= 0.0 && ratio < 1.0)) {
    throw std::invalid_argument("alpha_min_ratio must lie in (0, 1), got " + show(ratio));
  }
  const auto finite = [](double f) { return f > 0.0 && !std::isinf(f); };
  if (!factors.empty() && std::ranges::none_of(factors, finite)) {
    throw std::invalid_argument(
        "alphas must be given where penalty_factors are all 0 or infinite: they set no alpha_max");
  }
}

void require_start(const ElasticNetOptions& options, Index size) {
  if (options.start.empty()) return;
  require_size("start", options.start.size(), size);
  for (std::size_t k = 0; k < options.start.size(); ++k) {
    if (std::isfinite(options.start[k])) continue;
    throw std::invalid_argument("start must be finite, got " + show(options.start[k]) +
                                " at position " + std::to_string(k));
  }
}

}  // namespace

RidgeOptions ridge_options_of(const ElasticNetOptions& options) {
  return {.fit_intercept = options.fit_intercept, .n_threads = options.n_threads};
}

std::vector<double> l2_alphas(std::span<const double> alphas, double l1_ratio) {
  std::vector<double> l2;
  for (const double alpha : alphas) l2.push_back(l1_ratio == 1.0 ? 0.0 : alpha * (1.0 - l1_ratio));
  if (l2.empty()) l2.push_back(0.0);
  return l2;
}

template <Real T>
void validate_elastic_net(const RidgeData<T>& data, const Box& box,
                          const ElasticNetOptions& options) {
  validate_grid(data, data.alpha, ridge_options_of(options));
  require_options(options.tol, options.max_iter, options.n_threads);
  require_box(box, data.x.cols);
  if (!(options.l1_ratio >= 0.0 && options.l1_ratio <= 1.0)) {
    throw std::invalid_argument("l1_ratio must lie in [0, 1], got " + show(options.l1_ratio));
  }
  if (data.alpha.empty()) require_grid(options, data.penalty_factors);
  if (options.max_features < 0) {
    throw std::invalid_argument("max_features must not be negative, got " +
                                std::to_string(options.max_features));
  }
  require_start(options, data.x.cols * data.y.cols);
  if (options.group_targets && !is_unbounded(box)) {
    throw std::invalid_argument("bounds cannot be given where targets are penalised together");
  }
  const bool pins = std::ranges::any_of(data.alpha, [](double a) { return std::isinf(a); });
  for (Index j = 0; j < data.x.cols; ++j) {
    const double f = data.penalty_factors.empty() ? 1.0 : data.penalty_factors[j];
    if (!std::isinf(f) && !(pins && f > 0.0)) continue;
    for (Index t = 0; t < data.y.cols; ++t) {
      require_inside(box, j, data.prior_mean.empty() ? 0.0 : data.prior_mean[t * data.x.cols + j]);
    }
  }
}

template void validate_elastic_net<double>(const RidgeData<double>&, const Box&,
                                           const ElasticNetOptions&);
template void validate_elastic_net<float>(const RidgeData<float>&, const Box&,
                                          const ElasticNetOptions&);

}  // namespace elltwo
