#include "sparse/reshape.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace elltwo {
namespace {

// Ratio of mean^2 to the variance from which a shift saves digits.
constexpr double large_mean = 1.0;

// The value of column j in row i, or null.
const double* find(const SparseRows<double>& x, Index i, std::int32_t j) {
  const std::int32_t* last = x.column + x.start[i + 1];
  const std::int32_t* place = std::lower_bound(x.column + x.start[i], last, j);
  return place != last && *place == j ? x.value + (place - x.column) : nullptr;
}

// The columns that have a value in every row.
std::vector<std::int32_t> full_columns(const SparseRows<double>& x) {
  std::vector<std::int32_t> full(x.column + x.start[0], x.column + x.start[1]);
  for (Index i = 1; i < x.rows && !full.empty(); ++i)
    std::erase_if(full, [&](std::int32_t j) { return find(x, i, j) == nullptr; });
  return full;
}

// The mean of a full column, or 0 if a shift by it would not save digits.
double large_mean_of(const SparseRows<double>& x, std::int32_t j) {
  const double first = *find(x, 0, j);
  const auto n = static_cast<double>(x.rows);
  double offset = 0.0, square = 0.0;
  for (Index i = 0; i < x.rows; ++i) {
    const double deviation = *find(x, i, j) - first;
    offset += deviation;
    square += deviation * deviation;
  }
  const double mean = first + offset / n;
  const double variance = square / n - (offset / n) * (offset / n);
  return std::isfinite(mean) && mean * mean > large_mean * variance ? mean : 0.0;
}

}  // namespace

template <Real T>
SparseRows<T> borrowed(const SparseRows<T>& x) {
  return {.rows = x.rows, .cols = x.cols, .start = x.start, .column = x.column, .value = x.value};
}

template <Real T>
SparseRows<double> widened(SparseRows<T> x) {
  if constexpr (std::is_same_v<T, double>) {
    return x;
  } else {
    SparseRows<double> out{.rows = x.rows, .cols = x.cols, .start = x.start, .column = x.column};
    out.own_value = Buffer<double>(x.nonzeros());
    std::copy_n(x.value, x.nonzeros(), out.own_value.begin());
    out.value = out.own_value.data();
    out.own_start = std::move(x.own_start);
    out.own_column = std::move(x.own_column);
    return out;
  }
}

template <Real T>
SparseRows<T> gathered(const SparseRows<T>& x, std::span<const Index> rows) {
  SparseRows<T> out{.rows = static_cast<Index>(rows.size()), .cols = x.cols};
  out.own_start = Buffer<Index>(out.rows + 1);
  Index to = 0;
  for (Index k = 0; k < out.rows; ++k) {
    const Index i = rows[k];
    out.own_start[k] = to;
    to += x.start[i + 1] - x.start[i];
  }
  out.own_start[out.rows] = to;
  out.own_column = Buffer<std::int32_t>(to);
  out.own_value = Buffer<T>(to);
  for (Index k = 0; k < out.rows; ++k) {
    const Index i = rows[k];
    const Index count = x.start[i + 1] - x.start[i];
    std::copy_n(x.column + x.start[i], count, out.own_column.data() + out.own_start[k]);
    std::copy_n(x.value + x.start[i], count, out.own_value.data() + out.own_start[k]);
  }
  out.start = out.own_start.data();
  out.column = out.own_column.data();
  out.value = out.own_value.data();
  return out;
}

std::vector<double> shift_full_columns(SparseRows<double>& x) {
  std::vector<double> shift;
  for (const std::int32_t j : full_columns(x)) {
    const double mean = large_mean_of(x, j);
    if (mean == 0.0) continue;
    shift.resize(x.cols, 0.0);
    shift[j] = mean;
  }
  if (shift.empty()) return shift;
  Buffer<double> shifted(x.nonzeros());
  for (Index e = 0; e < x.nonzeros(); ++e) shifted[e] = x.value[e] - shift[x.column[e]];
  x.own_value = std::move(shifted);
  x.value = x.own_value.data();
  return shift;
}

std::vector<double> shift_full_columns(SparseRows<float>&) { return {}; }

void unshift_intercepts(const std::vector<double>& shift, std::span<const double> coef,
                        std::span<double> intercept) {
  if (shift.empty()) return;
  for (std::size_t f = 0; f < intercept.size(); ++f) {
    long double sum = 0.0L;
    for (std::size_t j = 0; j < shift.size(); ++j)
      sum += static_cast<long double>(shift[j]) * coef[f * shift.size() + j];
    intercept[f] = static_cast<double>(intercept[f] - sum);
  }
}

template <Real T>
std::vector<double> column_sizes(const SparseRows<T>& x, const double* weight) {
  std::vector<double> sizes(x.cols, 0.0);
  for (Index i = 0; i < x.rows; ++i) {
    if (weight != nullptr && weight[i] == 0.0) continue;
    for (Index e = x.start[i]; e < x.start[i + 1]; ++e) {
      double& size = sizes[x.column[e]];
      size = std::max(size, std::abs(static_cast<double>(x.value[e])));
    }
  }
  return sizes;
}

template SparseRows<double> borrowed<double>(const SparseRows<double>&);
template SparseRows<float> borrowed<float>(const SparseRows<float>&);
template SparseRows<double> widened<double>(SparseRows<double>);
template SparseRows<double> widened<float>(SparseRows<float>);
template SparseRows<double> gathered<double>(const SparseRows<double>&, std::span<const Index>);
template SparseRows<float> gathered<float>(const SparseRows<float>&, std::span<const Index>);
template std::vector<double> column_sizes<double>(const SparseRows<double>&, const double*);
template std::vector<double> column_sizes<float>(const SparseRows<float>&, const double*);

}  // namespace elltwo
