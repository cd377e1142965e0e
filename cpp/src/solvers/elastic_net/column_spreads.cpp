#include "solvers/elastic_net/column_spreads.hpp"

#include <algorithm>

#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/sum_over.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index spread_columns = 32;  // columns of a task

// sum w (x - centre), or its square.
template <Real T>
double deviation_sum(Index n, const T* x, double centre, std::span<const double> weight) {
  const auto deviation = [&](Index i) { return static_cast<double>(x[i]) - centre; };
  if (weight.empty()) return sum_over(n, deviation);
  return sum_over(n, [&](Index i) { return weight[i] * deviation(i); });
}

template <Real T>
double square_sum(Index n, const T* x, double centre, double scale,
                  std::span<const double> weight) {
  const auto square = [&](Index i) {
    const double value = (static_cast<double>(x[i]) - centre) * scale;
    return value * value;
  };
  if (weight.empty()) return sum_over(n, square);
  return sum_over(n, [&](Index i) { return weight[i] * square(i); });
}

}  // namespace

template <Real T>
ColumnSpreads column_spreads(const MatrixView<T>& x, std::span<const double> scale,
                             std::span<const double> weight, bool centred, int n_threads,
                             Monitor& monitor) {
  ColumnSpreads out{std::vector<double>(x.cols, 0.0), std::vector<double>(x.cols, 0.0)};
  const double total = weight.empty() ? static_cast<double>(x.rows)
                                      : sum_over(x.rows, [&](Index i) { return weight[i]; });
  TaskCounter tasks((x.cols + spread_columns - 1) / spread_columns);
  Relay relay(monitor);
  const double work = 6.0 * static_cast<double>(x.rows) * static_cast<double>(x.cols);
  run_team(threads_for(n_threads, work), [&](TeamMember&) {
    for (Index task = 0; tasks.next(task);) {
      const Index end = std::min((task + 1) * spread_columns, x.cols);
      for (Index j = task * spread_columns; j < end; ++j) {
        const T* column = x.data + j * x.col_stride;
        const double own_scale = scale.empty() ? 1.0 : scale[j];
        // Deviations from the first value are small where those from the mean are.
        double mean = 0.0;
        if (centred) {
          mean = static_cast<double>(column[0]);
          mean += deviation_sum(x.rows, column, mean, weight) / total;
        }
        out.mean[j] = mean * own_scale;
        out.square[j] = square_sum(x.rows, column, mean, own_scale, weight);
      }
      relay.check();
    }
  });
  return out;
}

template ColumnSpreads column_spreads<double>(const MatrixView<double>&, std::span<const double>,
                                              std::span<const double>, bool, int, Monitor&);
template ColumnSpreads column_spreads<float>(const MatrixView<float>&, std::span<const double>,
                                             std::span<const double>, bool, int, Monitor&);

}  // namespace elltwo
