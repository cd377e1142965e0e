#include "solvers/elastic_net/held_out_forms.hpp"

#include <algorithm>

#include "linalg/blas.hpp"
#include "linalg/buffer.hpp"
#include "solvers/elastic_net/path_columns.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr double tolerated_error = 1e-10;
constexpr double rounding_of_forms = 8.0 * epsilon;

// (D/2 + U) b of every point for G = U' + D + U with an upper triangle U, points in the leading
// dimension: b'G b is twice its product with b, and no triangle is mirrored.
std::vector<double> half_products(const ScaledMoments& moments, const PathColumns& columns,
                                  Index points) {
  const auto m = static_cast<Index>(columns.features.size());
  Buffer<double> g(m * m);
  for (Index i = 0; i < m; ++i) {
    double* row = g.data() + i * m;
    const Index feature = columns.features[i];
    std::fill_n(row, i, 0.0);
    row[i] = moments.gram(feature, feature) / 2;
    for (Index j = i + 1; j < m; ++j) row[j] = moments.gram(feature, columns.features[j]);
  }
  std::vector<double> out(m * points);
  blas::gemm(blas::Op::none, blas::Op::none, points, m, m, 1.0, columns.values.data(), points,
             g.data(), m, 0.0, out.data(), points);
  return out;
}

}  // namespace

bool squared_error_forms(const ScaledMoments& moments, std::span<const double> shift,
                         const ElasticNetPath& path, Index target, Index n_alphas, double* sse) {
  const auto points = static_cast<Index>(path.alphas.size());
  const Index n_targets = moments.n_targets;
  const PathColumns columns(path, moments.n_features);
  const auto half = points > 0 ? half_products(moments, columns, points) : std::vector<double>();
  std::vector<double> linear(points, 0.0), square(points, 0.0), centre(points);
  for (Index a = 0; a < points; ++a) {
    centre[a] = moments.weight > 0.0 ? moments.y_mean[target] - path.intercept[a] : 0.0;
  }
  for (std::size_t c = 0; c < columns.features.size(); ++c) {
    const Index j = columns.features[c];
    const double mean = moments.x_mean[j] + (shift.empty() ? 0.0 : shift[j]);
    for (Index a = 0; a < points; ++a) {
      const double b = columns.values[c * points + a];
      linear[a] += b * moments.xy(j, target);
      square[a] += 2.0 * b * half[c * points + a];
      if (moments.weight > 0.0) centre[a] -= mean * b;
    }
  }
  const double total = moments.yy(target);
  bool exact = true;
  for (Index a = 0; a < n_alphas; ++a) {
    double& sum = sse[a * n_targets + target];
    sum = infinity;
    if (a >= points) continue;
    sum = total - 2.0 * linear[a] + square[a] + moments.weight * centre[a] * centre[a];
    exact = exact && rounding_of_forms * (total + square[a]) <= tolerated_error * sum;
  }
  return exact;
}

}  // namespace elltwo
