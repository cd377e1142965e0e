#include "sparse/reshape.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace elltwo {
namespace {

constexpr double large_mean = 1.0;  // mean^2 in variances, from which on a shift saves digits

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
    const Index i = rows[static_cast<std::size_t>(k)];
    out.own_start[k] = to;
    to += x.start[i + 1] - x.start[i];
  }
  out.own_start[out.rows] = to;
  out.own_column = Buffer<std::int32_t>(to);
  out.own_value = Buffer<T>(to);
  for (Index k = 0; k < out.rows; ++k) {
    const Index i = rows[static_cast<std::size_t>(k)];
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
  struct Column {
    Index count = 0;
    double first = 0.0, offset = 0.0, square = 0.0;
  };
  std::vector<Column> columns(static_cast<std::size_t>(x.cols));
  for (Index e = x.start[0]; e < x.start[x.rows]; ++e) {
    Column& column = columns[static_cast<std::size_t>(x.column[e])];
    if (column.count++ == 0) column.first = x.value[e];
    const double deviation = x.value[e] - column.first;
    column.offset += deviation;
    column.square += deviation * deviation;
  }
  std::vector<double> shift(columns.size(), 0.0);
  bool any = false;
  for (std::size_t j = 0; j < columns.size(); ++j) {
    const Column& column = columns[j];
    if (column.count < x.rows || column.first == 0.0) continue;
    const double mean_offset = column.offset / static_cast<double>(x.rows);
    const double mean = column.first + mean_offset;
    const double variance = column.square / static_cast<double>(x.rows) - mean_offset * mean_offset;
    if (!std::isfinite(mean) || mean * mean <= large_mean * variance) continue;
    shift[j] = mean;
    any = true;
  }
  if (!any) return {};
  Buffer<double> shifted(x.nonzeros());
  for (Index e = 0; e < x.nonzeros(); ++e)
    shifted[e] = x.value[e] - shift[static_cast<std::size_t>(x.column[e])];
  x.own_value = std::move(shifted);
  x.value = x.own_value.data();
  return shift;
}

template <Real T>
std::vector<double> column_sizes(const SparseRows<T>& x, const double* weight) {
  std::vector<double> sizes(static_cast<std::size_t>(x.cols), 0.0);
  for (Index i = 0; i < x.rows; ++i) {
    if (weight != nullptr && weight[i] == 0.0) continue;
    for (Index e = x.start[i]; e < x.start[i + 1]; ++e) {
      double& size = sizes[static_cast<std::size_t>(x.column[e])];
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
