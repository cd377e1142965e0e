#include "sparse/rows.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"
#include "sparse/check.hpp"

namespace elltwo {
namespace {

// The transpose of a matrix given by `lines` lines. Its columns ascend in every row.
template <Real T, class I, class S>
SparseRows<T> turned(Index lines, Index places, const S* start, const I* place, const T* value) {
  const auto nonzeros = static_cast<Index>(start[lines]);
  SparseRows<T> out{.rows = places, .cols = lines};
  out.own_start = Buffer<Index>::zeros(places + 1);
  out.own_column = Buffer<std::int32_t>(nonzeros);
  out.own_value = Buffer<T>(nonzeros);
  Index* next = out.own_start.data();
  for (Index e = 0; e < nonzeros; ++e) ++next[place[e]];
  Index before = 0;
  for (Index r = 0; r <= places; ++r) before += std::exchange(next[r], before);
  for (Index l = 0; l < lines; ++l) {
    for (auto e = start[l]; e < start[l + 1]; ++e) {
      const Index to = next[place[e]]++;
      out.own_column[to] = static_cast<std::int32_t>(l);
      out.own_value[to] = value[e];
    }
  }
  // next[r] is now the start of row r + 1.
  std::copy_backward(next, next + places, next + places + 1);
  next[0] = 0;
  out.start = out.own_start.data();
  out.column = out.own_column.data();
  out.value = out.own_value.data();
  return out;
}

template <class From, class To>
void copy_numbers(const From* from, Index n, int n_threads, To* to) {
  run_over(n, threads_for(n_threads, 4.0 * static_cast<double>(n)), [&](Index begin, Index end) {
    std::transform(from + begin, from + end, to + begin,
                   [](From number) { return static_cast<To>(number); });
  });
}

// A matrix that is compressed by rows already: the caller's columns are used if they have 32 bits.
template <Real T, class I, class S>
SparseRows<T> taken(const SparseView<T>& x, std::span<const I> columns, std::span<const S> starts,
                    int n_threads) {
  SparseRows<T> out{.rows = x.rows, .cols = x.cols, .value = x.values.data()};
  out.own_start = Buffer<Index>(x.rows + 1);
  copy_numbers(starts.data(), x.rows + 1, n_threads, out.own_start.data());
  out.start = out.own_start.data();
  if constexpr (std::is_same_v<I, std::int32_t>) {
    out.column = columns.data();
  } else {
    out.own_column = Buffer<std::int32_t>(out.nonzeros());
    copy_numbers(columns.data(), out.nonzeros(), n_threads, out.own_column.data());
    out.column = out.own_column.data();
  }
  return out;
}

// Sorts every row and adds values in the same column. Errors name the entries of the transpose if
// `by_columns`.
template <Real T>
SparseRows<T> tidied(const SparseRows<T>& x, bool by_columns) {
  SparseRows<T> out{.rows = x.rows, .cols = x.cols};
  out.own_start = Buffer<Index>(x.rows + 1);
  out.own_column = Buffer<std::int32_t>(x.nonzeros());
  out.own_value = Buffer<T>(x.nonzeros());
  std::vector<std::pair<std::int32_t, T>> row;
  Index to = 0;
  for (Index i = 0; i < x.rows; ++i) {
    out.own_start[i] = to;
    row.clear();
    for (Index e = x.start[i]; e < x.start[i + 1]; ++e) row.emplace_back(x.column[e], x.value[e]);
    std::stable_sort(row.begin(), row.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [column, value] : row) {
      if (to > out.own_start[i] && out.own_column[to - 1] == column) {
        const T sum = out.own_value[to - 1] += value;
        if (!std::isfinite(sum)) {
          throw_not_finite(static_cast<double>(sum), by_columns ? column : i,
                           by_columns ? i : Index{column});
        }
        continue;
      }
      out.own_column[to] = column;
      out.own_value[to] = value;
      ++to;
    }
  }
  out.own_start[x.rows] = to;
  out.start = out.own_start.data();
  out.column = out.own_column.data();
  out.value = out.own_value.data();
  return out;
}

}  // namespace

template <Real T>
SparseRows<T> checked_rows(const SparseView<T>& x, int n_threads) {
  const bool tidy = check_sparse(x, n_threads);
  auto rows = std::visit(
      [&](auto indices, auto starts) {
        if (x.by_rows) return taken(x, indices, starts, n_threads);
        return turned(x.cols, x.rows, starts.data(), indices.data(), x.values.data());
      },
      x.indices, x.starts);
  // Rows made from untidy columns are sorted, but may have several values in one column.
  return tidy ? std::move(rows) : tidied(rows, false);
}

template <Real T>
SparseRows<T> checked_columns(const SparseView<T>& x, int n_threads) {
  const bool tidy = check_sparse(x, n_threads);
  auto columns = std::visit(
      [&](auto indices, auto starts) {
        if (x.by_rows)
          return turned(x.rows, x.cols, starts.data(), indices.data(), x.values.data());
        SparseView<T> transpose = x;
        std::swap(transpose.rows, transpose.cols);
        return taken(transpose, indices, starts, n_threads);
      },
      x.indices, x.starts);
  return tidy ? std::move(columns) : tidied(columns, true);
}

template <Real T>
SparseRows<T> transposed(const SparseRows<T>& x) {
  return turned(x.rows, x.cols, x.start, x.column, x.value);
}

template <Real T>
void scale_columns(const std::vector<double>& scale, const double* weight, SparseRows<T>& x) {
  Buffer<T> scaled(x.nonzeros());
  for (Index i = 0; i < x.rows; ++i) {
    const bool counts = weight == nullptr || weight[i] > 0.0;
    for (Index e = x.start[i]; e < x.start[i + 1]; ++e) {
      const double factor = scale[x.column[e]];
      scaled[e] = counts ? static_cast<T>(static_cast<double>(x.value[e]) * factor) : T{};
    }
  }
  x.own_value = std::move(scaled);
  x.value = x.own_value.data();
}

template <Real T>
std::vector<Index> equal_pieces(const SparseRows<T>& x, Index n_pieces) {
  std::vector<Index> bounds{0};
  for (Index c = 1; c < n_pieces; ++c) {
    const Index wanted = x.nonzeros() / n_pieces * c;
    const Index* row = std::lower_bound(x.start, x.start + x.rows, wanted);
    bounds.push_back(std::max<Index>(bounds.back(), row - x.start));
  }
  bounds.push_back(x.rows);
  return bounds;
}

template SparseRows<double> checked_rows<double>(const SparseView<double>&, int);
template SparseRows<float> checked_rows<float>(const SparseView<float>&, int);
template SparseRows<double> checked_columns<double>(const SparseView<double>&, int);
template SparseRows<float> checked_columns<float>(const SparseView<float>&, int);
template SparseRows<double> transposed<double>(const SparseRows<double>&);
template SparseRows<float> transposed<float>(const SparseRows<float>&);
template void scale_columns<double>(const std::vector<double>&, const double*, SparseRows<double>&);
template void scale_columns<float>(const std::vector<double>&, const double*, SparseRows<float>&);
template std::vector<Index> equal_pieces<double>(const SparseRows<double>&, Index);
template std::vector<Index> equal_pieces<float>(const SparseRows<float>&, Index);

}  // namespace elltwo
