#include "solvers/ridge/validate.hpp"

#include <stdexcept>
#include <string>

#include "solvers/shared/ranges.hpp"
#include "solvers/shared/validate.hpp"

namespace elltwo {

template <Real T>
void validate(const RidgeData<T>& data, const RidgeOptions& options, const char* alpha_name) {
  const auto& x = data.x;
  require_not_empty(x.rows, x.cols);
  if (data.y.rows != x.rows || data.y.cols < 1) {
    throw std::invalid_argument("y must have one row per row of X (" + std::to_string(x.rows) +
                                ") and at least one target, got " + std::to_string(data.y.rows) +
                                " x " + std::to_string(data.y.cols));
  }
  if (data.alpha.size() != 1) require_size(alpha_name, data.alpha.size(), data.y.cols);
  require_range(alpha_name, data.alpha, infinity, "[0, inf]");
  require_penalty_factors(data.penalty_factors, x.cols);
  require_prior(data.prior_mean, x.cols * data.y.cols);
  require_weights(data.sample_weight, x.rows, options.n_threads);
  require_options(options.tol, options.max_iter, options.n_threads);
}

template <Real T>
void validate_grid(const RidgeData<T>& data, std::span<const double> alphas,
                   const RidgeOptions& options) {
  const double alpha = 1.0;
  RidgeData<T> one = data;
  one.alpha = {&alpha, 1};
  validate(one, options);
  require_range("alphas", alphas, infinity, "[0, inf]");
}

template <Real T>
void throw_if_not_finite(const RidgeData<T>& data, Monitor& monitor) {
  if (data.x.data != nullptr) require_finite("X", data.x, true, monitor);
  require_finite("y", data.y, data.y.cols > 1, monitor);
}

template void validate<double>(const RidgeData<double>&, const RidgeOptions&, const char*);
template void validate<float>(const RidgeData<float>&, const RidgeOptions&, const char*);
template void validate_grid<double>(const RidgeData<double>&, std::span<const double>,
                                    const RidgeOptions&);
template void validate_grid<float>(const RidgeData<float>&, std::span<const double>,
                                   const RidgeOptions&);
template void throw_if_not_finite<double>(const RidgeData<double>&, Monitor&);
template void throw_if_not_finite<float>(const RidgeData<float>&, Monitor&);

}  // namespace elltwo
