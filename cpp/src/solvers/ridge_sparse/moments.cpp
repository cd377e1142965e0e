#include "solvers/ridge_sparse/moments.hpp"

#include <algorithm>
#include <numeric>

#include "solvers/ridge/validate.hpp"
#include "sparse/gram.hpp"
#include "sparse/pass.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

constexpr Index most_columns_at_once = 8;
constexpr double moments_cancellation =
    1e-8;  // of a column's squares: far from any that is not constant

// Of the targets: the first 256 rows' mean, corrected by that of all rows about it.
template <Real T>
std::vector<double> means(const Problem<T>& problem) {
  const auto& y = problem.data().y;
  auto mean = provisional_mean(y, problem.sqrt_weight());
  for (Index t = 0; t < y.cols; ++t) {
    double& shift = mean[t];
    double sum = 0.0, total = 0.0;
    for (Index i = 0; i < y.rows; ++i) {
      sum += problem.weight(i) * (y(i, t) - shift);
      total += problem.weight(i);
    }
    shift += sum / total;
  }
  return mean;
}

// Of columns whose means have cancelled nearly all of their squares: the means to the last digit,
// and exact zeros where a column is constant in the rows of positive weight.
template <Real T>
void tidy_constants(const SparseRows<T>& x, const double* weight, const std::vector<double>& square,
                    ScaledMoments& m) {
  const auto cancelled = [&](Index j) { return m.gram(j, j) < moments_cancellation * square[j]; };
  bool any = false;
  for (Index j = 0; j < x.cols; ++j) any = any || cancelled(j);
  if (!any) return;
  auto mean = m.x_mean;
  const auto spread = column_spreads(x, weight, m.weight, mean);
  double* g = m.gram.data();
  const Index ld = m.gram.ld();
  for (Index j = 0; j < x.cols; ++j) {
    if (!cancelled(j)) continue;
    m.x_mean[j] = mean[j];
    if (spread[j] != 0.0) continue;
    for (Index i = 0; i < j; ++i) g[i * ld + j] = 0.0;
    std::fill_n(g + j * ld + j, m.gram.cols() - j, 0.0);
  }
}

}  // namespace

template <Real T>
GramMatrix sparse_extended_gram(const SparseGramInput<T>& input, int n_threads, Monitor& monitor) {
  const auto& x = input.x;
  const auto& y = input.y;
  const auto& y_shift = input.y_shift;
  const double* weight = input.weight;
  const bool centred = input.centred;
  const Index p = x.cols, n_targets = y.cols;
  const Index beside = n_targets + (centred ? 1 : 0), ld = p + beside;
  auto g = sparse_gram(x, weight, ld, n_threads, monitor);
  const auto weight_of = [&](Index i) { return weight != nullptr ? weight[i] : 1.0; };
  // Column c beside the features: a target about its shift, or the ones.
  const auto column = [&](Index i, Index c) { return c < n_targets ? y(i, c) - y_shift[c] : 1.0; };
  SparsePass<T> pass(x, std::min(beside, most_columns_at_once), n_threads);
  Buffer<double> products(p * std::min(beside, most_columns_at_once));
  for (Index c0 = 0; c0 < beside; c0 += most_columns_at_once) {
    const Index k = std::min(most_columns_at_once, beside - c0);
    Buffer<double> minus(x.rows * k);
    std::vector<Index> order(k);
    std::iota(order.begin(), order.end(), Index{0});
    for (Index i = 0; i < x.rows; ++i) {
      for (Index c = 0; c < k; ++c) minus[i * k + c] = -column(i, c0 + c);
    }
    const RowTransform transform{
        .weight = weight, .target = minus.data(), .column = order.data(), .target_stride = k};
    std::vector<double> sums(k);
    pass.run(k, nullptr, transform, monitor, products.data(), sums.data());
    for (Index j = 0; j < p; ++j) {
      for (Index c = 0; c < k; ++c) g[j * ld + p + c0 + c] = products[j * k + c];
    }
    for (Index c = 0; c < k; ++c) {
      double square = 0.0;
      for (Index i = 0; i < x.rows; ++i) {
        const double w = weight_of(i);
        if (w > 0.0) square += w * column(i, c0 + c) * column(i, c0 + c);
      }
      g[(p + c0 + c) * ld + p + c0 + c] = square;
      if (centred && c0 + c < n_targets) g[(p + c0 + c) * ld + ld - 1] = sums[c];
    }
  }
  return {ld, ld, std::move(g)};
}

template <Real T>
bool features_in_range(const SparseRows<T>& x, const double* weight, const GramMatrix& about_zero) {
  bool nothing_odd = true, zeros = false;
  for (Index j = 0; j < x.cols; ++j) {
    const double square = about_zero(j, j);
    zeros = zeros || square == 0.0;
    nothing_odd = nothing_odd && (square == 0.0 || !out_of_range<double>(square));
  }
  if (!nothing_odd || !zeros) return nothing_odd;
  const auto sizes = column_sizes(x, weight);
  for (Index j = 0; j < x.cols; ++j) {
    if (about_zero(j, j) == 0.0 && sizes[j] > 0.0) return false;
  }
  return true;
}

template <Real T>
ScaledMoments sparse_moments(const Problem<T>& problem) {
  const auto& x = *problem.sparse();
  const auto& data = problem.data();
  throw_if_not_finite(data, problem.monitor());
  std::vector<double> weight;
  for (Index i = 0; problem.sqrt_weight() != nullptr && i < x.rows; ++i)
    weight.push_back(problem.weight(i));
  const double* w = weight.empty() ? nullptr : weight.data();
  std::vector<double> y_shift(data.y.cols, 0.0);
  if (problem.centred()) y_shift = means(problem);
  const SparseGramInput<T> input{x, data.y, w, y_shift, problem.centred()};
  auto gram = sparse_extended_gram(input, problem.options().n_threads, problem.monitor());
  if (!features_in_range(x, w, gram)) throw OutOfRange();
  const std::vector<double> x_shift(x.cols, 0.0);
  if (!problem.centred()) {
    return {.n_features = x.cols,
            .n_targets = data.y.cols,
            .gram = std::move(gram),
            .x_mean = x_shift,
            .y_mean = y_shift};
  }
  std::vector<double> square;
  for (Index j = 0; j < x.cols; ++j) square.push_back(gram(j, j));
  auto moments = centred_moments(std::move(gram), x_shift, y_shift);
  tidy_constants(x, w, square, moments);
  return moments;
}

template GramMatrix sparse_extended_gram<double>(const SparseGramInput<double>&, int, Monitor&);
template GramMatrix sparse_extended_gram<float>(const SparseGramInput<float>&, int, Monitor&);
template bool features_in_range<double>(const SparseRows<double>&, const double*,
                                        const GramMatrix&);
template bool features_in_range<float>(const SparseRows<float>&, const double*, const GramMatrix&);
template ScaledMoments sparse_moments<double>(const Problem<double>&);
template ScaledMoments sparse_moments<float>(const Problem<float>&);

}  // namespace elltwo
