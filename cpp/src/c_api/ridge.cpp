#include "elltwo/ridge.hpp"

#include <vector>

#include "c_api/functions.hpp"
#include "c_api/guard.hpp"

namespace elltwo::c_api {
namespace {

void require_shapes(Index n_samples, Index n_features, const double* x, const double* y) {
  require(n_samples > 0, "n_samples must be at least 1");
  require(n_features > 0, "n_features must be at least 1");
  require(x != nullptr, "x must not be NULL");
  require(y != nullptr, "y must not be NULL");
}

void require_outputs(const double* coef, const double* intercept) {
  require(coef != nullptr, "coef must not be NULL");
  require(intercept != nullptr, "intercept must not be NULL");
}

std::span<const double> optional(const double* values, Index size) {
  return values == nullptr ? std::span<const double>{}
                           : std::span{values, static_cast<std::size_t>(size)};
}

// One target that the small road does not take.
int ridge_general(MatrixView<double> x, MatrixView<double> y, double alpha, bool fit_intercept,
                  double* coef, double* intercept) {
  const RidgeData<double> data{.x = x, .y = y, .alpha = {&alpha, 1}};
  Monitor nobody;
  return status_of(elltwo::ridge(data, {.fit_intercept = fit_intercept, .n_threads = 1}, nobody,
                                 {coef, static_cast<std::size_t>(x.cols)}, {intercept, 1}));
}

}  // namespace

int ridge(Index n_samples, Index n_features, const double* x, Index x_row_stride,
          Index x_col_stride, const double* y, Index y_stride, double alpha, int fit_intercept,
          double* coef, double* intercept) {
  return guarded([&] {
    require_shapes(n_samples, n_features, x, y);
    require_outputs(coef, intercept);
    const MatrixView<double> xv{x, n_samples, n_features, x_row_stride, x_col_stride};
    const MatrixView<double> yv{y, n_samples, 1, y_stride, 1};
    SolveInfo info;
    if (ridge_small(xv, yv, alpha, fit_intercept != 0, coef, intercept, info)) return +ELLTWO_OK;
    return ridge_general(xv, yv, alpha, fit_intercept != 0, coef, intercept);
  });
}

int ridge_targets(Index n_samples, Index n_features, Index n_targets, const double* x,
                  Index x_row_stride, Index x_col_stride, const double* y, Index y_row_stride,
                  Index y_col_stride, const double* alpha, Index alpha_stride,
                  const double* penalty_factors, const double* prior_mean,
                  const double* sample_weight, int fit_intercept, int n_threads, double* coef,
                  double* intercept, double* optimality, double* rcond) {
  return guarded([&] {
    require_shapes(n_samples, n_features, x, y);
    require(n_targets > 0, "n_targets must be at least 1");
    require(alpha != nullptr, "alpha must not be NULL");
    require_outputs(coef, intercept);
    std::vector<double> alphas;
    for (Index t = 0; t < (alpha_stride == 0 ? 1 : n_targets); ++t) {
      alphas.push_back(alpha[t * alpha_stride]);
    }
    const RidgeData<double> data{.x = {x, n_samples, n_features, x_row_stride, x_col_stride},
                                 .y = {y, n_samples, n_targets, y_row_stride, y_col_stride},
                                 .alpha = alphas,
                                 .penalty_factors = optional(penalty_factors, n_features),
                                 .prior_mean = optional(prior_mean, n_targets * n_features),
                                 .sample_weight = optional(sample_weight, n_samples)};
    Monitor nobody;
    const auto info =
        elltwo::ridge(data, {.fit_intercept = fit_intercept != 0, .n_threads = n_threads}, nobody,
                      {coef, static_cast<std::size_t>(n_targets * n_features)},
                      {intercept, static_cast<std::size_t>(n_targets)});
    if (optimality != nullptr) *optimality = info.optimality;
    if (rcond != nullptr) *rcond = info.rcond;
    return status_of(info);
  });
}

}  // namespace elltwo::c_api
