#include <algorithm>
#include <cmath>

#include "elltwo/elastic_net.hpp"
#include "kernels/table.hpp"
#include "model/duality_gap.hpp"
#include "solvers/elastic_net/small_descent.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

static_assert(elastic_net_small_max_features == small_max_features);

/// The sums of a problem, about the means or, without an intercept, about zero.
struct SmallSums {
  static constexpr SmallLayout largest{small_max_features, 1, 8};
  alignas(64) double sums[largest.size()];
  double shift[small_max_features + 1];
  double total = 0.0;  // sum (y - mean)^2

  /// False where columns are constant, out of range, or too far from their shifts for their
  /// products to keep their digits.
  bool fill(MatrixView<double> x, MatrixView<double> y, bool centred, SmallNet& net) {
    const Index p = x.cols;
    const auto& kernels_here = kernels().small;
    const auto layout = kernels_here.layout(p, 1);
    const SmallRows<double> rows{
        .x = x, .y = y, .weight = nullptr, .centred = centred, .next_x = {}, .next_y = {}};
    kernels_here.sums_f64(rows, layout, shift, sums);
    const double weight = static_cast<double>(x.rows);
    const double* ones = sums + layout.ones();
    const double y_sum = centred ? sums[layout.target_ones()] : 0.0;
    for (Index i = 0; i < p; ++i) {
      const double mean = centred ? ones[i] / weight : 0.0;
      const double* row = sums + layout.row(i);
      for (Index j = 0; j <= i; ++j) {
        const double product = row[j] - mean * ones[j];
        net.gram[i * SmallNet::most + j] = net.gram[j * SmallNet::most + i] = product;
      }
      const double square = net.gram[i * SmallNet::most + i];
      if (!well_within_range(square) || mean * ones[i] > offset * square) return false;
      net.c[i] = sums[layout.target(0) + i] - mean * y_sum;
      if (centred) shift[i] += mean;
    }
    const double y_mean = y_sum / weight;
    total = sums[layout.squares()] - y_mean * y_sum;
    if (centred) shift[p] += y_mean;
    return well_within_range(total) && y_mean * y_sum <= offset * total;
  }

 private:
  static constexpr double offset = 1e2;  // square of a shift's distance from the mean, in variances
};

// r'r, see residual_square().
double residuals_square(const SmallNet& net, double total) {
  double explained = 0.0;
  for (Index j = 0; j < net.p; ++j) explained += net.b[j] * (net.c[j] + net.q[j]);
  return std::max(total - explained, 0.0);
}

void write_small(const SmallNet& net, const SmallSums& sums, bool centred, ElasticNetPath& path) {
  double intercept = centred ? sums.shift[net.p] : 0.0;
  for (Index j = 0; j < net.p; ++j) {
    if (net.b[j] == 0.0) continue;
    path.features.push_back(j);
    path.values.push_back(net.b[j]);
    if (centred) intercept -= sums.shift[j] * net.b[j];
  }
  path.starts = {0, static_cast<std::int64_t>(path.features.size())};
  path.n_active = {static_cast<std::int64_t>(path.features.size())};
  path.intercept = {intercept};
}

}  // namespace

bool elastic_net_small(MatrixView<double> x, MatrixView<double> y, const SmallElasticNet& asked,
                       ElasticNetPath& path, ElasticNetInfo& info) {
  const Index p = x.cols;
  if (p > small_max_features || p > x.rows || !(asked.alpha > 0.0) || !std::isfinite(asked.alpha) ||
      !(asked.l1_ratio > 0.0 && asked.l1_ratio <= 1.0)) {
    return false;
  }
  SmallNet net;
  net.p = p;
  net.l1 = asked.alpha * asked.l1_ratio;
  net.l2 = asked.alpha * (1.0 - asked.l1_ratio);
  SmallSums sums;
  if (!well_within_range(net.l1) || !sums.fill(x, y, asked.fit_intercept, net)) return false;
  if (!net.solve()) return false;
  const double rss = residuals_square(net, sums.total);
  double l1[small_max_features], l2[small_max_features], penalty = 0.0, largest = 0.0;
  for (Index j = 0; j < p; ++j) {
    l1[j] = net.l1;
    l2[j] = net.l2;
    penalty += net.l1 * std::abs(net.b[j]) + net.l2 * net.b[j] * net.b[j] / 2;
    largest = std::max(largest, std::abs(net.c[j]));
  }
  const double objective = rss / 2 + penalty;
  constexpr double rounding = 8.0 * epsilon;
  if (!(rounding * sums.total <= info.tolerance * objective)) return false;
  const auto size = static_cast<std::size_t>(p);
  const auto gap = squared_loss_gap(rss, net.b, net.q, p, {{l1, size}, {l2, size}, {}, {}});
  if (!(gap.gap <= info.tolerance * objective)) return false;
  write_small(net, sums, asked.fit_intercept, path);
  path.alphas = {asked.alpha};
  path.objective = {objective};
  path.rss = {rss};
  path.gap = {gap.gap / objective};
  path.violation = {gap.violation};
  path.n_iter = {net.rounds};
  path.converged = {1};
  path.null_objective = sums.total / 2;
  path.alpha_max = largest / asked.l1_ratio;
  info.reason = "small: faces of the Gram matrix on the stack";
  info.n_passes = 1;
  info.n_ever = path.n_active[0];
  return true;
}

}  // namespace elltwo
