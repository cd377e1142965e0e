#include "elltwo/batch.hpp"

#include "c_api/arguments.hpp"
#include "c_api/functions.hpp"

namespace elltwo::c_api {
int ridge_batch(Index n_problems, Index n_samples, Index n_features, Index n_targets,
                const double* x, Index x_stride, Index x_row_stride, Index x_col_stride,
                const double* y, Index y_stride, Index y_row_stride, Index y_col_stride,
                const Index* starts, const double* alpha, Index alpha_stride,
                const double* penalty_factors, const double* prior_mean,
                const double* sample_weight, int fit_intercept, int n_threads, double* coef,
                double* intercept, double* optimality, double* rcond) {
  return guarded([&] {
    require(n_problems >= 0, "n_problems must not be negative");
    require_data(n_samples, n_features, x, y);
    require(n_targets > 0, "n_targets must be at least 1");
    require_outputs(coef, intercept);
    const Penalties alphas(alpha, alpha_stride, n_problems);
    const Index n_weights = starts == nullptr ? n_problems * n_samples : n_samples;
    const BatchData<double> data{.n_problems = n_problems,
                                 .x = {x, n_samples, n_features, x_row_stride, x_col_stride},
                                 .x_stride = x_stride,
                                 .y = {y, n_samples, n_targets, y_row_stride, y_col_stride},
                                 .y_stride = y_stride,
                                 .starts = optional(starts, n_problems + 1),
                                 .order = {},
                                 .alpha = alphas.values(),
                                 .penalty_factors = optional(penalty_factors, n_features),
                                 .prior_mean = optional(prior_mean, n_features),
                                 .sample_weight = optional(sample_weight, n_weights)};
    Monitor nobody;
    const auto info = elltwo::ridge_batch(
        data, {.fit_intercept = fit_intercept != 0, .n_threads = n_threads}, nobody,
        {.coef = optional(coef, n_problems * n_targets * n_features),
         .intercept = optional(intercept, n_problems * n_targets),
         .optimality = optional(optimality, n_problems),
         .rcond = optional(rcond, n_problems)});
    return c_status_of(info);
  });
}

}  // namespace elltwo::c_api
