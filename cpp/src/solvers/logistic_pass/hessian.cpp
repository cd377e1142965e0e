#include "solvers/logistic_pass/hessian.hpp"

#include <algorithm>
#include <concepts>
#include <vector>

#include "gram/gram.hpp"
#include "solvers/logistic/thresholds.hpp"
#include "solvers/shared/ranges.hpp"
#include "sparse/gram.hpp"

namespace elltwo {
namespace {

/// The roots of the row weights of each matrix, a few at a time, so that no memory is needed for
/// all pairs of classes at once.
class MatrixRoots {
 public:
  MatrixRoots(const PassPoints& points, const CurvatureRoots& roots, Index n)
      : points_(points),
        roots_(roots),
        n_(n),
        n_matrices_(points.n_hessians() * points.n_pairs()) {}

  Index n_matrices() const { return n_matrices_; }

  /// Writes those of matrix m.
  void write(Index m, double* to) const {
    const Index outputs = points_.n_outputs();
    const double* own = roots_.of(m / points_.n_pairs(), outputs, roots_.first);
    if (outputs == 1) {
      std::copy_n(own, n_, to);
      return;
    }
    Index k = 0, l = m % points_.n_pairs() + 1;
    while (l >= outputs) {
      ++k;
      l += k + 1 - outputs;
    }
    const double* p = own + k * roots_.ld;
    const double* q = own + l * roots_.ld;
    for (Index i = 0; i < n_; ++i) to[i] = p[i] * q[i];
  }

 private:
  const PassPoints& points_;
  const CurvatureRoots& roots_;
  Index n_;
  Index n_matrices_;
};

// Multiplies roots by a power of two that brings the largest to about one, so that products in
// float stay in range. Returns the square of its inverse; 0 where all are zero.
double to_unit_roots(Index n, double* root) {
  double largest = 0.0;
  for (Index i = 0; i < n; ++i) largest = std::max(largest, root[i]);
  if (largest == 0.0) return 0.0;
  const double unit = power_of_two_for(largest);
  for (Index i = 0; i < n; ++i) root[i] *= unit;
  return 1.0 / unit / unit;
}

void add_upper(const GramMatrix& gram, double times, double* to) {
  const Index cols = gram.cols();
  for (Index i = 0; i < cols; ++i) {
    for (Index j = i; j < cols; ++j) to[i * cols + j] += times * gram(i, j);
  }
}

template <Real S, Real T>
void add_segment_products(const MatrixRoots& roots, Source<S> source, int n_threads,
                          Monitor& monitor, PassSums& out) {
  Buffer<double> root(source.rows());
  source.row_scale = root.data();
  for (Index m = 0; m < roots.n_matrices(); ++m) {
    roots.write(m, root.data());
    const double times = to_unit_roots(source.rows(), root.data());
    if (times > 0.0) add_upper(gram<S, T>(source, n_threads, monitor), times, out.matrix(m));
  }
}

// Adds the matrix in scaled coordinates, from sums of h x x^T (upper triangle, ld = p + 1), of h x
// and of h.
void add_scaled(const PassPoints& points, const Buffer<double>& about_zero,
                const std::vector<double>& first, double total, double* to) {
  const Index p = points.n_features(), cols = points.cols();
  const auto& c = points.shift;
  const auto& s = points.scale;
  for (Index i = 0; i < p; ++i) {
    for (Index j = i; j < p; ++j) {
      const double centred =
          about_zero[i * cols + j] - c[i] * first[j] - c[j] * (first[i] - c[i] * total);
      to[i * cols + j] += s[i] * s[j] * centred;
    }
    to[i * cols + p] += s[i] * (first[i] - c[i] * total);
  }
  to[p * cols + p] += total;
}

}  // namespace

template <Real S>
void add_dense_products(const PassPoints& points, const Source<S>& source,
                        const CurvatureRoots& roots, int n_threads, Monitor& monitor,
                        PassSums& out) {
  const MatrixRoots each(points, roots, source.rows());
  const bool worth = std::same_as<S, float> || points.cols() >= least_columns_for_float;
  if (points.hessian_in_float && worth)
    add_segment_products<S, float>(each, source, n_threads, monitor, out);
  else add_segment_products<S, double>(each, source, n_threads, monitor, out);
}

template <Real T>
void add_sparse_products(const PassPoints& points, const SparseRows<T>& x,
                         const CurvatureRoots& roots, int n_threads, Monitor& monitor,
                         PassSums& out) {
  const MatrixRoots each(points, roots, x.rows);
  Buffer<double> h(x.rows);
  for (Index m = 0; m < each.n_matrices(); ++m) {
    each.write(m, h.data());
    double total = 0.0;
    for (double& value : h) total += value *= value;
    const auto products = sparse_gram(x, h.data(), points.cols(), n_threads, monitor);
    const auto sums = column_sums(x, h.data(), nullptr, n_threads);
    add_scaled(points, products, sums.first, total, out.matrix(m));
  }
}

template void add_dense_products<double>(const PassPoints&, const Source<double>&,
                                         const CurvatureRoots&, int, Monitor&, PassSums&);
template void add_dense_products<float>(const PassPoints&, const Source<float>&,
                                        const CurvatureRoots&, int, Monitor&, PassSums&);
template void add_sparse_products<double>(const PassPoints&, const SparseRows<double>&,
                                          const CurvatureRoots&, int, Monitor&, PassSums&);
template void add_sparse_products<float>(const PassPoints&, const SparseRows<float>&,
                                         const CurvatureRoots&, int, Monitor&, PassSums&);

}  // namespace elltwo
