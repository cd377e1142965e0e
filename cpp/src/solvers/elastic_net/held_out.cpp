#include "solvers/elastic_net/held_out.hpp"

#include <algorithm>
#include <vector>

#include "linalg/blas.hpp"
#include "parallel/interruption.hpp"
#include "solvers/elastic_net/path_columns.hpp"
#include "solvers/shared/ranges.hpp"
#include "sparse/pass.hpp"

namespace elltwo {
namespace {

constexpr Index test_rows_at_once = 256;

// x.b of some rows, rows x points, row-major.
template <Real T>
void fitted_rows(const TestRows<T>& rows, std::span<const Index> which, const PathColumns& columns,
                 Index points, std::vector<double>& out) {
  const auto n = static_cast<Index>(which.size()), m = static_cast<Index>(columns.features.size());
  out.assign(n * points, 0.0);
  if (m == 0) return;
  std::vector<double> x(n * m);
  for (Index k = 0; k < n; ++k) {
    for (Index c = 0; c < m; ++c) {
      x[k * m + c] = static_cast<double>(rows.x(which[k], columns.features[c]));
    }
  }
  blas::gemm(blas::Op::none, blas::Op::none, points, n, m, 1.0, columns.values.data(), points,
             x.data(), m, 0.0, out.data(), points);
}

template <Real T>
void sparse_fitted(const SparseRows<T>& x, std::span<const Index> which,
                   const std::vector<double>& v, Index points, std::vector<double>& out) {
  out.resize(which.size() * points);
  for (std::size_t k = 0; k < which.size(); ++k) {
    multiply_rows(x, which[k], which[k] + 1, points, v.data(), out.data() + k * points);
  }
}

}  // namespace

template <Real T>
void squared_errors(const TestRows<T>& rows, const ElasticNetPath& path, Index target,
                    Index n_alphas, Monitor& monitor, double* sse) {
  const auto points = static_cast<Index>(path.alphas.size());
  const Index n_targets = rows.y.cols, p = rows.sparse != nullptr ? rows.sparse->cols : rows.x.cols;
  const PathColumns columns(path, p);
  std::vector<double> v, out, sums(points, 0.0);
  if (rows.sparse != nullptr) {
    v.assign(p * points, 0.0);
    for (std::size_t c = 0; c < columns.features.size(); ++c) {
      std::copy_n(columns.values.data() + c * points, points,
                  v.data() + columns.features[c] * points);
    }
  }
  const std::span<const Index> all(rows.sets.test_rows);
  for (std::size_t first = 0; first < all.size() && points > 0; first += test_rows_at_once) {
    check(monitor);
    const auto which =
        all.subspan(first, std::min<std::size_t>(test_rows_at_once, all.size() - first));
    if (rows.sparse != nullptr) sparse_fitted(*rows.sparse, which, v, points, out);
    else fitted_rows(rows, which, columns, points, out);
    for (std::size_t k = 0; k < which.size(); ++k) {
      const double w = rows.sets.test_weight[first + k], y = rows.y(which[k], target);
      for (Index a = 0; a < points; ++a) {
        const double e = y - path.intercept[a] - out[k * points + a];
        sums[a] += w * e * e;
      }
    }
  }
  for (Index a = 0; a < n_alphas; ++a)
    sse[a * n_targets + target] = a < points ? sums[a] : infinity;
}

template void squared_errors<double>(const TestRows<double>&, const ElasticNetPath&, Index, Index,
                                     Monitor&, double*);
template void squared_errors<float>(const TestRows<float>&, const ElasticNetPath&, Index, Index,
                                    Monitor&, double*);

}  // namespace elltwo
