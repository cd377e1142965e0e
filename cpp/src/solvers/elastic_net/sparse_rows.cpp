#include "solvers/elastic_net/sparse_rows.hpp"

#include <algorithm>
#include <vector>

#include "parallel/row_blocks.hpp"
#include "sparse/pass.hpp"

namespace elltwo {
namespace {

constexpr Index fits_of_a_pass = 8;

// sum w r^2 of n fits, v being p x n and centre_u = mean.v_u.
std::vector<double> residual_squares(const SparseDesign<double>& design, Index target, Index n,
                                     const double* v, const std::vector<double>& centre,
                                     int n_threads, Monitor& monitor) {
  const auto& x = design.x;
  const Index n_targets = design.y.size() / x.rows;
  std::vector<double> partial(row_block_chunks * n, 0.0);
  const double work = 2.0 * static_cast<double>(x.nonzeros() + x.rows) * static_cast<double>(n);
  over_row_blocks(x.rows, work, n_threads, monitor, [&](Index chunk, Index k0, Index rows) {
    std::vector<double> fitted(rows * n);
    multiply_rows(x, k0, k0 + rows, n, v, fitted.data());
    double* sum = partial.data() + chunk * n;
    for (Index k = 0; k < rows; ++k) {
      const Index i = k0 + k;
      const double w = design.weight.size() > 0 ? design.weight[i] : 1.0;
      if (w == 0.0) continue;
      for (Index u = 0; u < n; ++u) {
        const double r = design.y[i * n_targets + target] - (fitted[k * n + u] - centre[u]);
        sum[u] += w * r * r;
      }
    }
  });
  std::vector<double> sums(n, 0.0);
  for (Index chunk = 0; chunk < row_block_chunks; ++chunk) {
    for (Index u = 0; u < n; ++u) sums[u] += partial[chunk * n + u];
  }
  return sums;
}

}  // namespace

// With f = X b - mean.b about the means and u = w (f - y), q = -(X'u - mean sum u).
void SparseDesignRows::residuals(Index target, Index n, const double* b, Monitor& monitor,
                                 double* q, double* rss) const {
  const auto& x = design_.x;
  const Index p = x.cols, n_targets = design_.y.size() / x.rows;
  SparsePass<double> pass(x, std::min(n, fits_of_a_pass), n_threads_);
  for (Index first = 0; first < n; first += fits_of_a_pass) {
    const Index k = std::min(fits_of_a_pass, n - first);
    std::vector<double> v(p * k), centre(k, 0.0), out(p * k), sums(k);
    for (Index u = 0; u < k; ++u) {
      for (Index j = 0; j < p; ++j) {
        const double value = b[(first + u) * p + j];
        v[j * k + u] = value;
        centre[u] += design_.means.x[j] * value;
      }
    }
    const std::vector<Index> column(k, target);
    const RowTransform transform{.weight = design_.weight.data(),
                                 .centre = centre.data(),
                                 .target = design_.y.data(),
                                 .column = column.data(),
                                 .target_stride = n_targets};
    pass.run(k, v.data(), transform, monitor, out.data(), sums.data());
    const auto square = residual_squares(design_, target, k, v.data(), centre, n_threads_, monitor);
    for (Index u = 0; u < k; ++u) {
      for (Index j = 0; j < p; ++j) {
        q[(first + u) * p + j] =
            -(out[j * k + u] - (centred_ ? design_.means.x[j] * sums[u] : 0.0));
      }
      const double mean = centred_ ? sums[u] / design_.means.weight : 0.0;
      rss[first + u] = std::max(square[u] - mean * sums[u], 0.0);
    }
  }
}

}  // namespace elltwo
