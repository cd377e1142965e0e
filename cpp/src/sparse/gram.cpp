#include "sparse/gram.hpp"

#include <algorithm>
#include <atomic>

#include "kernels/ahead.hpp"
#include "parallel/interruption.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index most_gram_pieces = 8;   // pieces of rows with a matrix of their own
constexpr Index gram_poll_rows = 1024;  // rows from one poll of the monitor to the next

double products_of_row(Index n) {
  return 0.5 * static_cast<double>(n) * static_cast<double>(n + 1);
}

// Adds the products of rows [begin, end) to the upper triangle g.
template <Real T>
void add_rows(const SparseRows<T>& x, const double* weight, Index begin, Index end, double* g,
              Index ld) {
  for (Index i = begin; i < end; ++i) {
    const double w = weight != nullptr ? weight[i] : 1.0;
    if (w == 0.0) continue;
    const Index last = x.start[i + 1];
    for (Index a = x.start[i]; a < last; ++a) {
      const double factor = w * static_cast<double>(x.value[a]);
      double* row = g + x.column[a] * ld;
      for (Index b = a; b < last; ++b) row[x.column[b]] += factor * static_cast<double>(x.value[b]);
    }
  }
}

// Cuts rows into pieces with about equally many products.
template <Real T>
std::vector<Index> pieces_of_products(const SparseRows<T>& x, Index n_pieces) {
  const double wanted = gram_products(x) / static_cast<double>(n_pieces);
  std::vector<Index> bounds{0};
  double sum = 0.0;
  for (Index i = 0; i < x.rows && static_cast<Index>(bounds.size()) < n_pieces; ++i) {
    sum += products_of_row(x.start[i + 1] - x.start[i]);
    if (sum >= wanted * static_cast<double>(bounds.size())) bounds.push_back(i + 1);
  }
  bounds.push_back(x.rows);
  return bounds;
}

}  // namespace

template <Real T>
double gram_products(const SparseRows<T>& x) {
  double products = 0.0;
  for (Index i = 0; i < x.rows; ++i) products += products_of_row(x.start[i + 1] - x.start[i]);
  return products;
}

template <Real T>
void add_sparse_gram(const SparseRows<T>& x, const double* weight, double* g, Index ld) {
  add_rows(x, weight, 0, x.rows, g, ld);
}

template <Real T>
Buffer<double> sparse_gram(const SparseRows<T>& x, const double* weight, Index ld, int n_threads,
                           Monitor& monitor) {
  const Index size = ld * ld;
  const double products = gram_products(x);
  // Every piece has a matrix of its own, whose size must be small beside the number of its
  // products.
  const auto worth = static_cast<Index>(products / (8.0 * static_cast<double>(size)));
  const auto bounds = pieces_of_products(x, std::clamp<Index>(worth, 1, most_gram_pieces));
  const auto n_pieces = static_cast<Index>(bounds.size()) - 1;
  std::vector<Buffer<double>> parts;
  for (Index c = 0; c < n_pieces; ++c) parts.emplace_back(size);
  TaskCounter pieces(n_pieces);
  TaskCounter rows(x.cols);
  std::atomic<bool> stop{false};
  run_team(threads_for(n_threads, 2.0 * products), [&](TeamMember& member) {
    for (Index c = 0; pieces.next(c);) {
      parts[c].fill_zero();
      for (Index i = bounds[c]; i < bounds[c + 1] && !stop; i += gram_poll_rows) {
        add_rows(x, weight, i, std::min(bounds[c + 1], i + gram_poll_rows), parts[c].data(), ld);
        if (member.rank() == 0 && monitor.should_stop()) stop = true;
      }
    }
    member.barrier();
    for (Index j = 0; rows.next(j) && !stop;) {
      double* to = parts[0].data() + j * ld;
      for (std::size_t c = 1; c < parts.size(); ++c) {
        const double* from = parts[c].data() + j * ld;
        for (Index l = j; l < x.cols; ++l) to[l] += from[l];
      }
    }
  });
  if (stop) throw Interrupted{};
  return std::move(parts[0]);
}

namespace {

// The sums of a column in one vector: of w x, w x^2 and w x y, and an unused one.
constexpr Index n_sums = 4;
typedef double Sums __attribute__((vector_size(n_sums * sizeof(double))));
// Values of a piece of rows for each column, so that its sums cost little beside it.
constexpr Index values_per_column = 16;
constexpr Index values_of_a_line = 8;
// Distance of prefetched values.
constexpr Index column_values_ahead = 16 * values_of_a_line;

template <Real T>
void add_sums(const SparseRows<T>& x, const double* weight, const double* y, Index begin, Index end,
              Sums* sums) {
  for (Index i = begin; i < end; ++i) {
    const double w = weight != nullptr ? weight[i] : 1.0;
    if (w == 0.0) continue;
    const double wy = y != nullptr ? w * y[i] : 0.0;
    for (Index e = x.start[i]; e < x.start[i + 1]; e += values_of_a_line) {
      prefetch(x.value + e + column_values_ahead);
      prefetch(x.column + e + 2 * column_values_ahead);
    }
    for (Index e = x.start[i]; e < x.start[i + 1]; ++e) {
      const auto value = static_cast<double>(x.value[e]);
      const Sums factor{w, w * value, wy, 0.0};
      sums[x.column[e]] += value * factor;
    }
  }
}

}  // namespace

template <Real T>
SparseColumnSums column_sums(const SparseRows<T>& x, const double* weight, const double* y,
                             int n_threads) {
  const Index worth = x.nonzeros() / (values_per_column * x.cols);
  const auto bounds = equal_pieces(x, std::clamp<Index>(worth, 1, 2 * most_gram_pieces));
  const auto n_pieces = static_cast<Index>(bounds.size()) - 1;
  Buffer<Sums> parts(n_pieces * x.cols);
  TaskCounter pieces(n_pieces);
  run_team(threads_for(n_threads, 4.0 * static_cast<double>(x.nonzeros())), [&](TeamMember&) {
    for (Index c = 0; pieces.next(c);) {
      Sums* sums = parts.data() + c * x.cols;
      std::fill_n(sums, x.cols, Sums{});
      add_sums(x, weight, y, bounds[c], bounds[c + 1], sums);
    }
  });
  for (Index c = 1; c < n_pieces; ++c) {
    for (Index j = 0; j < x.cols; ++j) parts[j] += parts[c * x.cols + j];
  }
  const Index p = x.cols;
  SparseColumnSums sums{std::vector<double>(p), std::vector<double>(p),
                        std::vector<double>(y != nullptr ? p : 0)};
  for (Index j = 0; j < p; ++j) {
    const Sums& column = parts[static_cast<Index>(j)];
    sums.first[j] = column[0];
    sums.second[j] = column[1];
    if (y != nullptr) sums.cross[j] = column[2];
  }
  return sums;
}

template <Real T>
std::vector<double> column_spreads(const SparseRows<T>& x, const double* weight, double total,
                                   std::vector<double>& mean) {
  const Index p = x.cols;
  struct Column {
    double spread = 0.0, offset = 0.0, stored = 0.0;
    T first{};
    Index count = 0;
    bool constant = true;
  };
  std::vector<Column> columns(p);
  Index counted_rows = 0;
  for (Index i = 0; i < x.rows; ++i) {
    const double w = weight != nullptr ? weight[i] : 1.0;
    if (w == 0.0) continue;
    ++counted_rows;
    for (Index e = x.start[i]; e < x.start[i + 1]; ++e) {
      const Index j = x.column[e];
      Column& column = columns[j];
      const double deviation = static_cast<double>(x.value[e]) - mean[j];
      column.spread += w * deviation * deviation;
      column.offset += w * deviation;
      column.stored += w;
      if (column.count++ == 0) column.first = x.value[e];
      column.constant = column.constant && x.value[e] == column.first;
    }
  }
  std::vector<double> spread(p);
  for (Index j = 0; j < p; ++j) {
    const Column& column = columns[j];
    const bool full = column.count == counted_rows;
    if (full && column.constant) {
      mean[j] = static_cast<double>(column.first);
      continue;
    }
    const double zeros = full ? 0.0 : std::max(total - column.stored, 0.0);
    const double offset = (column.offset - zeros * mean[j]) / total;
    spread[j] = column.spread + zeros * mean[j] * mean[j] - total * offset * offset;
    mean[j] += offset;
  }
  return spread;
}

template double gram_products<double>(const SparseRows<double>&);
template double gram_products<float>(const SparseRows<float>&);
template void add_sparse_gram<double>(const SparseRows<double>&, const double*, double*, Index);
template void add_sparse_gram<float>(const SparseRows<float>&, const double*, double*, Index);
template Buffer<double> sparse_gram<double>(const SparseRows<double>&, const double*, Index, int,
                                            Monitor&);
template Buffer<double> sparse_gram<float>(const SparseRows<float>&, const double*, Index, int,
                                           Monitor&);
template SparseColumnSums column_sums<double>(const SparseRows<double>&, const double*,
                                              const double*, int);
template SparseColumnSums column_sums<float>(const SparseRows<float>&, const double*, const double*,
                                             int);
template std::vector<double> column_spreads<double>(const SparseRows<double>&, const double*,
                                                    double, std::vector<double>&);
template std::vector<double> column_spreads<float>(const SparseRows<float>&, const double*, double,
                                                   std::vector<double>&);

}  // namespace elltwo
