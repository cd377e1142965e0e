#include "solvers/logistic_bounded/sparse_matrix.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/sum_over.hpp"
#include "parallel/team.hpp"
#include "solvers/logistic/problem.hpp"
#include "solvers/shared/conditioning.hpp"
#include "solvers/shared/ranges.hpp"
#include "sparse/gram.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

/// Predictors of the rows that are mapped at once, and the fewest such rows: blocks of a pass begin
/// at multiples of eight rows.
constexpr Index predictors_at_once = 4096;
constexpr Index fewest_rows_at_once = 64;

}  // namespace

// Sets means and spreads. False where squares leave the range of the arithmetic.
template <Real T>
bool SparseLogisticMatrix<T>::measure(const double* weight, double total) {
  auto sums = column_sums(x_, weight, nullptr, n_threads_);
  mean_.assign(x_.cols, 0.0);
  spread_ = std::move(sums.second);
  bool vanished = false, cancelled = false;
  for (std::size_t j = 0; j < mean_.size(); ++j) {
    vanished = vanished || (spread_[j] == 0.0 && sums.first[j] != 0.0);
    if (!has_intercept_) continue;
    mean_[j] = sums.first[j] / total;
    const double about_zero = spread_[j];
    spread_[j] -= mean_[j] * sums.first[j];
    cancelled = cancelled || spread_[j] < cancellation * about_zero;
  }
  if (cancelled) spread_ = column_spreads(x_, weight, total, mean_);
  return !vanished && std::ranges::all_of(spread_, [](double sum) {
    return sum == 0.0 || !out_of_range<double>(sum);
  });
}

template <Real T>
LogisticFrame SparseLogisticMatrix<T>::prepare(const LogisticRows& rows, bool has_intercept) {
  has_intercept_ = has_intercept;
  if (!rows.index.empty()) x_ = gathered(x_, rows.index);
  const double* weight = rows.weights();
  const double total = weight != nullptr ? std::accumulate(weight, weight + rows.n, 0.0)
                                         : static_cast<double>(rows.n);
  const auto p = static_cast<std::size_t>(x_.cols);
  LogisticFrame frame{.shift = {}, .scale = std::vector<double>(p, 1.0), .size = {}};
  if (has_intercept) frame.shift = shift_full_columns(x_);
  frame.shift.resize(p, 0.0);
  if (!measure(weight, total)) {
    const auto sizes = column_sizes(x_, nullptr);
    std::ranges::transform(sizes, frame.scale.begin(), power_of_two_for<T>);
    scale_columns(frame.scale, nullptr, x_);
    measure(weight, total);
  }
  unit_.assign(p, 1.0);
  for (std::size_t j = 0; j < p; ++j) {
    frame.shift[j] += mean_[j] / frame.scale[j];
    const double deviation = std::sqrt(std::max(spread_[j], 0.0) / total);
    const int before = std::ilogb(frame.scale[j]);
    if (deviation > 0.0) {
      const int after = std::min(before - std::ilogb(deviation), largest_exponent<double>);
      unit_[j] = std::ldexp(1.0, after - before);
    }
    frame.scale[j] *= unit_[j];
    frame.size.push_back(deviation * std::sqrt(total) * unit_[j]);
  }
  return frame;
}

// z = -map([x^ | 1] theta), rows x outputs.
template <Real T>
void SparseLogisticMatrix<T>::map_rows(Index outputs, const double* theta, const RowMap& map,
                                       Buffer<double>& z) {
  Buffer<double> v(x_.cols * outputs), centre(outputs);
  for (Index t = 0; t < outputs; ++t) {
    const double* of_output = theta + t * cols();
    centre[t] = sum_over(x_.cols, [&](Index j) {
      v[j * outputs + t] = unit_[j] * of_output[j];
      return mean_[j] * v[j * outputs + t];
    });
    if (has_intercept_) centre[t] -= of_output[x_.cols];
  }
  const Index at_once = std::max(predictors_at_once / outputs / 8 * 8, fewest_rows_at_once);
  TaskCounter pieces((x_.rows + at_once - 1) / at_once);
  Relay relay(monitor_);
  const double work = 2.0 * n_values() * static_cast<double>(outputs);
  run_team(threads_for(n_threads_, work), [&](TeamMember&) {
    Buffer<double> f(at_once * outputs);  // outputs x rows
    for (Index c = 0; pieces.next(c);) {
      const Index begin = c * at_once;
      const Index count = std::min(x_.rows, begin + at_once) - begin;
      double* of_rows = z.data() + begin * outputs;
      multiply_rows(x_, begin, begin + count, outputs, v.data(), of_rows);
      for (Index e = 0; e < count * outputs; ++e) {
        f[e % outputs * count + e / outputs] = of_rows[e] - centre[e % outputs];
      }
      map(begin, count, f.data(), count);
      for (Index e = 0; e < count * outputs; ++e) {
        of_rows[e] = -f[e % outputs * count + e / outputs];
      }
      relay.check();
    }
  });
}

template <Real T>
Buffer<double> SparseLogisticMatrix<T>::pass(Index outputs, const double* theta,
                                             const RowMap& map) {
  if (!pass_) pass_.emplace(x_, outputs, n_threads_);
  Buffer<double> z(x_.rows * outputs), products(x_.cols * outputs), sums(outputs);
  map_rows(outputs, theta, map, z);
  std::vector<Index> columns(outputs);
  std::iota(columns.begin(), columns.end(), Index{0});
  // The pass subtracts its targets, z, from zero.
  const RowTransform negated{
      .target = z.data(), .column = columns.data(), .target_stride = outputs};
  pass_->run(outputs, nullptr, negated, monitor_, products.data(), sums.data());
  Buffer<double> result(outputs * cols());
  for (Index t = 0; t < outputs; ++t) {
    double* to = result.data() + t * cols();
    for (Index j = 0; j < x_.cols; ++j) {
      to[j] = unit_[j] * (products[j * outputs + t] - mean_[j] * sums[t]);
    }
    if (has_intercept_) to[x_.cols] = sums[t];
  }
  return result;
}

template <Real T>
void SparseLogisticMatrix<T>::row(Index k, std::span<const Index> columns, double* x) const {
  const std::int32_t* first = x_.column + x_.start[k];
  const std::int32_t* last = x_.column + x_.start[k + 1];
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const Index j = columns[c];
    x[c] = 1.0;
    if (j == x_.cols) continue;  // the intercept
    const auto* at = std::lower_bound(first, last, static_cast<std::int32_t>(j));
    const bool is_stored = at != last && *at == j;
    const double value = is_stored ? static_cast<double>(x_.value[at - x_.column]) : 0.0;
    x[c] = unit_[j] * (value - mean_[j]);
  }
}

// Sets part_ to some columns of x_, which are not all of them.
template <Real T>
void SparseLogisticMatrix<T>::select(std::span<const Index> features) {
  selected_.assign(features.begin(), features.end());
  std::vector<std::int32_t> place(x_.cols, -1);
  for (std::size_t c = 0; c < selected_.size(); ++c) {
    place[selected_[c]] = static_cast<std::int32_t>(c);
  }
  const Index n_kept = std::count_if(x_.column, x_.column + x_.nonzeros(),
                                     [&](std::int32_t j) { return place[j] >= 0; });
  part_ = {.rows = x_.rows, .cols = static_cast<Index>(selected_.size())};
  part_.own_start = Buffer<Index>(x_.rows + 1);
  part_.own_column = Buffer<std::int32_t>(n_kept);
  part_.own_value = Buffer<T>(n_kept);
  Index to = 0;
  for (Index k = 0; k < x_.rows; ++k) {
    part_.own_start[k] = to;
    for (Index e = x_.start[k]; e < x_.start[k + 1]; ++e) {
      if (place[x_.column[e]] < 0) continue;
      part_.own_column[to] = place[x_.column[e]];
      part_.own_value[to++] = x_.value[e];
    }
  }
  part_.own_start[x_.rows] = to;
  part_.start = part_.own_start.data();
  part_.column = part_.own_column.data();
  part_.value = part_.own_value.data();
}

// About the means: sum h (x - m) (x - m)^T = sum h x x^T - m (s - m sum h)^T - s m^T with
// s = sum h x.
template <Real T>
GramMatrix SparseLogisticMatrix<T>::gram(std::span<const Index> columns, const double* h) {
  const auto features = columns.first(columns.size() - (has_intercept_ ? 1 : 0));
  const auto p = static_cast<Index>(features.size());
  const bool all = p == x_.cols;
  if (!all && !std::ranges::equal(features, selected_)) select(features);
  const SparseRows<T>& x = all ? x_ : part_;
  const auto about_zero = p > 0 ? sparse_gram(x, h, p, n_threads_, monitor_) : Buffer<double>();
  auto s = Buffer<double>::zeros(p);
  add_transposed_rows(x, 0, x.rows, 1, h, s.data());
  const double total = std::accumulate(h, h + x_.rows, 0.0);
  const auto size = static_cast<Index>(columns.size());
  Buffer<double> about_mean(size * size);
  for (Index a = 0; a < p; ++a) {
    const double m = mean_[features[a]];
    const double unit = unit_[features[a]];
    double* to = about_mean.data() + a * size;
    for (Index b = a; b < p; ++b) {
      const Index j = features[b];
      const double shifted = m * (s[b] - mean_[j] * total) + s[a] * mean_[j];
      to[b] = unit * unit_[j] * (about_zero[a * p + b] - shifted);
    }
    if (has_intercept_) to[p] = unit * (s[a] - m * total);
  }
  if (has_intercept_) about_mean[p * size + p] = total;
  return {size, size, std::move(about_mean)};
}

template <Real T>
double SparseLogisticMatrix<T>::n_gram_products() const {
  return gram_products(x_);
}

template class SparseLogisticMatrix<double>;
template class SparseLogisticMatrix<float>;

}  // namespace elltwo
