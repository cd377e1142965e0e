#include "solvers/ridge_sparse/design.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/sum_over.hpp"
#include "solvers/ridge/validate.hpp"
#include "solvers/shared/conditioning.hpp"
#include "sparse/gram.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {

template <Real T>
SparseDesign<T>::SparseDesign(Problem<T>& problem, SparseRows<T> rows) : x(std::move(rows)) {
  throw_if_not_finite(problem.data(), problem.monitor());
  if (problem.sqrt_weight() != nullptr) {
    weight = Buffer<double>(x.rows);
    for (Index i = 0; i < x.rows; ++i) weight[i] = problem.weight(i);
  }
  means.weight = weight.data() != nullptr ? sum_over(x.rows, [&](Index i) { return weight[i]; })
                                          : static_cast<double>(x.rows);
  y = Buffer<double>(x.rows * problem.n_targets());
  if (measure(problem)) return;
  problem.scale_to(column_sizes(x, weight.data()));
  scale_columns(problem.scales().x, weight.data(), x);
  measure(problem);
}

// Measures columns and targets; false where their squares leave the range of the arithmetic.
template <Real T>
bool SparseDesign<T>::measure(const Problem<T>& problem) {
  means.y.assign(problem.n_targets(), 0.0);
  y_spread = means.y;
  y_sum = means.y;
  for (Index t = 0; t < problem.n_targets(); ++t) measure_target(problem, t);
  const bool vanished = measure_columns(problem);
  const auto fits = [](double sum) { return sum == 0.0 || !out_of_range<double>(sum); };
  const auto nothing_lost = [&](double sum) { return !out_of_range<double>(sum); };
  return !vanished && std::ranges::all_of(x_spread, fits) &&
         std::ranges::all_of(y_spread, nothing_lost);
}

// True if the squares of a column vanish although its values do not.
template <Real T>
bool SparseDesign<T>::measure_columns(const Problem<T>& problem) {
  const double* target = problem.n_targets() == 1 ? y.data() : nullptr;
  auto sums = column_sums(x, weight.data(), target, problem.options().n_threads);
  cross = std::move(sums.cross);
  means.x.assign(x.cols, 0.0);
  x_spread = std::move(sums.second);
  bool vanished = false;
  for (std::size_t j = 0; j < means.x.size(); ++j)
    vanished = vanished || (x_spread[j] == 0.0 && sums.first[j] != 0.0);
  if (!problem.centred()) return vanished;
  bool cancelled = false;
  for (std::size_t j = 0; j < means.x.size(); ++j) {
    means.x[j] = sums.first[j] / means.weight;
    const double about_zero = x_spread[j];
    x_spread[j] -= means.x[j] * sums.first[j];
    cancelled = cancelled || x_spread[j] < cancellation * about_zero;
  }
  if (cancelled) x_spread = column_spreads(x, weight.data(), means.weight, means.x);
  return vanished;
}

// y about its mean, found in two steps: the first may be off by rounding of large numbers.
template <Real T>
void SparseDesign<T>::measure_target(const Problem<T>& problem, Index t) {
  const Index k = problem.n_targets();
  const int n_threads = problem.options().n_threads;
  const double scale = problem.y_scale(t);
  const auto given = problem.data().y.column(t);
  y_sum[t] = sum_over(x.rows, n_threads, [&](Index i) {
    const double w = weight_of(i);
    double& to = y[i * k + t];
    to = w > 0.0 ? scale * static_cast<double>(given(i, 0)) : 0.0;
    return w * to;
  });
  for (int step = 0; problem.centred() && step < 2; ++step) {
    const double shift = y_sum[t] / means.weight;
    means.y[t] += shift;
    y_sum[t] = sum_over(x.rows, n_threads, [&](Index i) {
      double& to = y[i * k + t];
      to -= shift;
      return weight_of(i) * to;
    });
  }
  y_spread[t] = sum_over(x.rows, n_threads, [&](Index i) {
    const double value = y[i * k + t];
    return weight_of(i) * value * value;
  });
}

template struct SparseDesign<double>;
template struct SparseDesign<float>;

}  // namespace elltwo
