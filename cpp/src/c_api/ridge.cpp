#include "elltwo/ridge.hpp"

#include "c_api/arguments.hpp"
#include "c_api/functions.hpp"

namespace elltwo::c_api {
namespace {

// Fits what ridge_small() does not.
int ridge_general(MatrixView<double> x, MatrixView<double> y, double alpha, bool fit_intercept,
                  double* coef, double* intercept) {
  const RidgeData<double> data{.x = x,
                               .y = y,
                               .alpha = {&alpha, 1},
                               .penalty_factors = {},
                               .prior_mean = {},
                               .sample_weight = {}};
  Monitor nobody;
  return c_status_of(elltwo::ridge(data, {.fit_intercept = fit_intercept, .n_threads = 1}, nobody,
                                   optional(coef, x.cols), {intercept, 1}));
}

}  // namespace

int ridge(Index n_samples, Index n_features, const double* x, Index x_row_stride,
          Index x_col_stride, const double* y, Index y_stride, double alpha, int fit_intercept,
          double* coef, double* intercept) {
  return guarded([&] {
    require_data(n_samples, n_features, x, y);
    require_outputs(coef, intercept);
    const MatrixView<double> xv{x, n_samples, n_features, x_row_stride, x_col_stride};
    const MatrixView<double> yv{y, n_samples, 1, y_stride, 1};
    SolveInfo info;
    if (ridge_small(xv, yv, alpha, fit_intercept != 0, coef, intercept, info)) {
      return static_cast<int>(ELLTWO_OK);
    }
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
    require_data(n_samples, n_features, x, y);
    require(n_targets > 0, "n_targets must be at least 1");
    require_outputs(coef, intercept);
    const Penalties alphas(alpha, alpha_stride, n_targets);
    const RidgeData<double> data{.x = {x, n_samples, n_features, x_row_stride, x_col_stride},
                                 .y = {y, n_samples, n_targets, y_row_stride, y_col_stride},
                                 .alpha = alphas.values(),
                                 .penalty_factors = optional(penalty_factors, n_features),
                                 .prior_mean = optional(prior_mean, n_targets * n_features),
                                 .sample_weight = optional(sample_weight, n_samples)};
    Monitor nobody;
    const auto info =
        elltwo::ridge(data, {.fit_intercept = fit_intercept != 0, .n_threads = n_threads}, nobody,
                      optional(coef, n_targets * n_features), optional(intercept, n_targets));
    if (optimality != nullptr) *optimality = info.optimality;
    if (rcond != nullptr) *rcond = info.rcond;
    return c_status_of(info);
  });
}

}  // namespace elltwo::c_api
