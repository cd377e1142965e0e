#include "solvers/logistic/nearest.hpp"

#include "elltwo/ridge.hpp"
#include "parallel/interruption.hpp"

namespace elltwo {

// Unweighted ridge at alpha = 0 on the predictors, whose many solutions are decided so.
template <Real T>
void nearest_coefficients(const LogisticData<T>& data, const LogisticOptions& options,
                          Monitor& monitor, const RowPredictors& z, double* coef,
                          double* intercept) {
  const Index outputs = data.n_outputs();
  const Index n = data.x.rows;
  std::vector<double> y(n * outputs, 0.0);
  std::vector<double> weight(n, 0.0);
  for (std::size_t k = 0; k < z.row.size(); ++k) {
    const Index i = z.row[k];
    weight[i] = 1.0;
    for (Index o = 0; o < outputs; ++o) y[i * outputs + o] = z.value[k * outputs + o];
  }
  const double alpha = 0.0;
  const RidgeData<T> ridge_data{.x = data.x,
                                .y = row_major(y.data(), data.x.rows, outputs),
                                .alpha = {&alpha, 1},
                                .penalty_factors = data.penalty_factors,
                                .prior_mean = data.prior_mean,
                                .sample_weight = weight};
  const Index p = data.x.cols;
  const auto info =
      ridge(ridge_data,
            RidgeOptions{.fit_intercept = options.fit_intercept, .n_threads = options.n_threads},
            monitor, std::span(coef, outputs * p), std::span(intercept, outputs));
  if (info.status == Status::interrupted) throw Interrupted{};
}

template void nearest_coefficients<double>(const LogisticData<double>&, const LogisticOptions&,
                                           Monitor&, const RowPredictors&, double*, double*);
template void nearest_coefficients<float>(const LogisticData<float>&, const LogisticOptions&,
                                          Monitor&, const RowPredictors&, double*, double*);

}  // namespace elltwo
