#include "solvers/logistic_pass/hessian.hpp"

#include <algorithm>
#include <cmath>
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

/// Products of sparse rows that take about a tenth of a second.
constexpr double most_products_at_once = 3e7;

// The row weights h of matrix m, and what its last column holds: sums of h x and of h.
template <Real T>
void add_sparse_sums(const MatrixRoots& roots, const SparseRows<T>& x, Index m, double* h,
                     double* to) {
  const Index p = x.cols, cols = p + 1;
  roots.write(m, h);
  double total = 0.0;
  for (Index i = 0; i < x.rows; ++i) total += h[i] *= h[i];
  to[p * cols + p] += total;
  for (Index i = 0; i < x.rows; ++i) {
    for (Index e = x.start[i]; e < x.start[i + 1]; ++e) {
      to[x.column[e] * cols + p] += h[i] * static_cast<double>(x.value[e]);
    }
  }
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
  out.make_raw(points);
  for (Index m = 0; m < each.n_matrices(); ++m) {
    double* to = out.raw_matrix(m);
    add_sparse_sums(each, x, m, h.data(), to);
    const auto products = sparse_gram(x, h.data(), points.cols(), n_threads, monitor);
    for (Index i = 0; i < products.size(); ++i) to[i] += products[i];
  }
}

template <Real T>
bool few_sparse_products(const PassPoints& points, const SparseRows<T>& x) {
  const double products = gram_products(x) + static_cast<double>(x.nonzeros());
  const auto cols = static_cast<double>(points.cols());
  return products * static_cast<double>(points.n_hessians() * points.n_pairs()) <=
             most_products_at_once &&
         products <= 4.0 * cols * cols;
}

template <Real T>
void add_few_sparse_products(const PassPoints& points, const SparseRows<T>& x,
                             const CurvatureRoots& roots, PassSums& out) {
  const MatrixRoots each(points, roots, x.rows);
  Buffer<double> h(x.rows);
  for (Index m = 0; m < each.n_matrices(); ++m) {
    add_sparse_sums(each, x, m, h.data(), out.raw_matrix(m));
    add_sparse_gram(x, h.data(), out.raw_matrix(m), points.cols());
  }
}

template <Real T>
bool finite_sparse_products(const PassPoints& points, const SparseRows<T>& x,
                            const CurvatureRoots& roots) {
  const MatrixRoots each(points, roots, x.rows);
  Buffer<double> root(x.rows);
  double largest = 0.0;
  for (Index m = 0; m < each.n_matrices(); ++m) {
    each.write(m, root.data());
    for (Index i = 0; i < x.rows; ++i) {
      for (Index e = x.start[i]; e < x.start[i + 1]; ++e) {
        largest = std::max(largest, std::abs(root[i] * static_cast<double>(x.value[e])));
      }
    }
  }
  return std::isfinite(largest * largest * static_cast<double>(x.rows));
}

template void add_dense_products<double>(const PassPoints&, const Source<double>&,
                                         const CurvatureRoots&, int, Monitor&, PassSums&);
template void add_dense_products<float>(const PassPoints&, const Source<float>&,
                                        const CurvatureRoots&, int, Monitor&, PassSums&);
template void add_sparse_products<double>(const PassPoints&, const SparseRows<double>&,
                                          const CurvatureRoots&, int, Monitor&, PassSums&);
template void add_sparse_products<float>(const PassPoints&, const SparseRows<float>&,
                                         const CurvatureRoots&, int, Monitor&, PassSums&);

template bool few_sparse_products<double>(const PassPoints&, const SparseRows<double>&);
template bool few_sparse_products<float>(const PassPoints&, const SparseRows<float>&);
template void add_few_sparse_products<double>(const PassPoints&, const SparseRows<double>&,
                                              const CurvatureRoots&, PassSums&);
template void add_few_sparse_products<float>(const PassPoints&, const SparseRows<float>&,
                                             const CurvatureRoots&, PassSums&);
template bool finite_sparse_products<double>(const PassPoints&, const SparseRows<double>&,
                                             const CurvatureRoots&);
template bool finite_sparse_products<float>(const PassPoints&, const SparseRows<float>&,
                                            const CurvatureRoots&);

}  // namespace elltwo
