#include "solvers/logistic_alo/kronecker_hessian.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "gram/gram.hpp"
#include "linalg/blas.hpp"
#include "linalg/lapack.hpp"
#include "parallel/interruption.hpp"
#include "solvers/logistic_alo/contrasts.hpp"

namespace elltwo {
namespace {

/// Rows whose outer products are summed at a time.
constexpr Index curvature_rows = 512;

/// A mean curvature is at least this part of the largest: a class that no row is in doubt about has
/// none, but a row of it still has to be left out.
constexpr double least_relative_curvature = 1e-10;

/// The penalty that a feature without one gets, as a part of its curvature.
constexpr double free_penalty = 1e-3;

/// Alphas this many times the smallest one, or more, are taken for so many times it: they leave
/// nothing of the coefficients that they hold, and directions of very different sizes would lose
/// digits.
constexpr double widest_grid = 1e12;

/// The lower triangle of C^T A C.
Buffer<double> curvature_of_contrasts(const LogisticRows& rows, const ClassContrasts& contrasts,
                                      Index n_classes, const double* probability) {
  const Index m = contrasts.size();
  Buffer<double> outer = Buffer<double>::zeros(n_classes * n_classes);
  Buffer<double> root(n_classes * curvature_rows);
  std::vector<double> mean(n_classes, 0.0);
  double weight = 0.0;
  for (Index k0 = 0; k0 < rows.n; k0 += curvature_rows) {
    const Index count = std::min(curvature_rows, rows.n - k0);
    for (Index i = 0; i < count; ++i) {
      const double w = rows.weight_of(k0 + i);
      weight += w;
      for (Index k = 0; k < n_classes; ++k) {
        const double p = probability[k * rows.n + k0 + i];
        root[i * n_classes + k] = std::sqrt(w) * p;
        mean[k] += w * p;
      }
    }
    blas::syrk(blas::Uplo::lower, n_classes, count, 1.0, root.data(), n_classes, 1.0, outer.data(),
               n_classes);
  }
  Buffer<double> curvature(m * m);  // C^T A C
  for (Index a = 0; a < m; ++a) {
    for (Index b = 0; b <= a; ++b) {
      double sum = 0.0;
      for (Index k = 0; k < n_classes; ++k) {
        sum += mean[k] * contrasts(k, a) * contrasts(k, b);
        for (Index l = 0; l < n_classes; ++l) {
          sum -= contrasts(k, a) * contrasts(l, b) *
                 outer[std::min(k, l) * n_classes + std::max(k, l)];
        }
      }
      curvature[b * m + a] = sum / weight;
    }
  }
  return curvature;
}

}  // namespace

MeanCurvature mean_curvature(const LogisticRows& rows, Index n_classes, const double* probability) {
  const ClassContrasts contrasts(n_classes);
  const Index m = contrasts.size();
  auto curvature = curvature_of_contrasts(rows, contrasts, n_classes, probability);
  MeanCurvature result{.lambda = std::vector<double>(m),
                       .direction = std::vector<double>(n_classes * m, 0.0)};
  Monitor nobody;
  if (!lapack::syevd(m, curvature.data(), m, result.lambda.data(), nobody)) {
    throw std::runtime_error("the eigenvalues of a mean curvature did not converge");
  }
  const double least =
      std::max(least_relative_curvature * result.lambda.back(), std::numeric_limits<double>::min());
  for (double& value : result.lambda) value = std::max(value, least);
  for (Index a = 0; a < m; ++a) {
    for (Index b = 0; b < m; ++b) {
      for (Index k = 0; k < n_classes; ++k) {
        result.direction[a * n_classes + k] += contrasts(k, b) * curvature[a * m + b];
      }
    }
  }
  return result;
}

template <Real T>
GramDirections<T>::GramDirections(LogisticProblem<T>& problem, std::span<const double> alphas,
                                  double least_curvature)
    : problem_(problem) {
  double least = infinity;
  for (const double alpha : alphas) {
    if (alpha > 0.0) least = std::min(least, alpha);
  }
  unit_ = std::isfinite(least) ? least : 1.0;
  const double largest = relative(*std::ranges::max_element(alphas));
  problem_.set_alpha(unit_);
  for (Index j = 0; j < problem_.n_features(); ++j) {
    if (problem_.moves(j)) columns_.push_back(j);
  }
  diagonalise(free_penalty * least_curvature / std::max(largest, 1.0));
}

template <Real T>
void GramDirections<T>::diagonalise(double penalty_of_free) {
  const auto& rows = problem_.rows();
  std::vector<double> root(rows.weight.size());
  for (std::size_t k = 0; k < root.size(); ++k) root[k] = std::sqrt(rows.weight[k]);
  const auto products = gram<T, double>(problem_.source(rows, root.empty() ? nullptr : root.data()),
                                        problem_.options().n_threads, problem_.monitor());
  const Index m = size();
  std::vector<double> unit(m);  // F^-1/2
  for (Index c = 0; c < m; ++c) {
    double penalty = problem_.penalty(columns_[c]);
    if (penalty == 0.0) penalty = penalty_of_free * products(columns_[c], columns_[c]);
    unit[c] = 1.0 / std::sqrt(penalty);
  }
  basis_ = Buffer<double>(m * m);
  for (Index c = 0; c < m; ++c) {
    for (Index r = c; r < m; ++r) {
      basis_[c * m + r] = products(columns_[c], columns_[r]) * unit[c] * unit[r];
    }
  }
  gram_.resize(m);
  if (m > 0 && !lapack::syevd(m, basis_.data(), m, gram_.data(), problem_.monitor())) {
    throw std::runtime_error("the eigenvalues of a Gram matrix did not converge");
  }
  const double noise = m > 0 ? static_cast<double>(m) * epsilon * gram_.back() : 0.0;
  for (double& g : gram_) g = std::max(g, noise);
  for (Index c = 0; c < m; ++c) {
    for (Index r = 0; r < m; ++r) basis_[c * m + r] *= unit[r];
  }
}

template <Real T>
double GramDirections<T>::relative(double alpha) const {
  return std::min(alpha / unit_, widest_grid);
}

template <Real T>
void GramDirections<T>::invert(double lambda, double alpha, double* out) const {
  for (Index j = 0; j < size(); ++j) out[j] = 1.0 / (lambda * gram_[j] + relative(alpha));
}

template <Real T>
double GramDirections<T>::intercept_form(double lambda) const {
  return problem_.options().fit_intercept ? 1.0 / (lambda * problem_.weight()) : 0.0;
}

template <Real T>
void GramDirections<T>::rotate(Index k0, Index rows, double* x, double* rotated) const {
  const auto source = problem_.source(problem_.rows());
  const Index m = size();
  for (Index i = 0; i < rows; ++i) {
    const T* from = source.x.data + source.source_row(k0 + i) * source.x.row_stride;
    for (Index c = 0; c < m; ++c) {
      const Index j = columns_[c];
      const auto value = static_cast<double>(from[j * source.x.col_stride]);
      x[i * m + c] = (value - problem_.shift(j)) * problem_.scale(j);
    }
  }
  blas::gemm(blas::Op::transpose, blas::Op::none, m, rows, m, 1.0, basis_.data(), m, x, m, 0.0,
             rotated, m);
}

template <Real T>
void GramDirections<T>::solve(const MeanCurvature& mean, double alpha, Index n_points,
                              const double* r, double* z) const {
  const Index m = size(), cols = problem_.cols(), p = problem_.n_features();
  const Index classes = problem_.n_outputs(), directions = mean.size();
  const double* v = mean.direction.data();
  Buffer<double> of_columns(m * classes), rotated(m * classes), solved(m * directions), inverse(m);
  for (Index point = 0; point < n_points; ++point, r += classes * cols, z += classes * cols) {
    std::fill_n(z, classes * cols, 0.0);
    for (Index k = 0; k < classes; ++k) {
      for (Index c = 0; c < m; ++c) of_columns[k * m + c] = r[k * cols + columns_[c]];
    }
    blas::gemm(blas::Op::transpose, blas::Op::none, m, classes, m, 1.0, basis_.data(), m,
               of_columns.data(), m, 0.0, rotated.data(), m);
    blas::gemm(blas::Op::none, blas::Op::none, m, directions, classes, 1.0, rotated.data(), m, v,
               classes, 0.0, solved.data(), m);
    for (Index a = 0; a < directions; ++a) {
      invert(mean.lambda[a], alpha, inverse.data());
      for (Index j = 0; j < m; ++j) solved[a * m + j] *= inverse[j];
      double along = 0.0;  // of the intercepts' slope
      for (Index k = 0; p < cols && k < classes; ++k) along += v[a * classes + k] * r[k * cols + p];
      along *= intercept_form(mean.lambda[a]);
      for (Index k = 0; p < cols && k < classes; ++k) {
        z[k * cols + p] += along * v[a * classes + k];
      }
    }
    blas::gemm(blas::Op::none, blas::Op::transpose, m, classes, directions, 1.0, solved.data(), m,
               v, classes, 0.0, rotated.data(), m);
    blas::gemm(blas::Op::none, blas::Op::none, m, classes, m, 1.0, basis_.data(), m, rotated.data(),
               m, 0.0, of_columns.data(), m);
    for (Index k = 0; k < classes; ++k) {
      for (Index c = 0; c < m; ++c) {
        if (problem_.moves(columns_[c])) z[k * cols + columns_[c]] = of_columns[k * m + c];
      }
    }
  }
}

template class GramDirections<double>;
template class GramDirections<float>;

}  // namespace elltwo
