#include "solvers/logistic_alo/kronecker_loo.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/blas.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/sum_over.hpp"
#include "parallel/team.hpp"
#include "solvers/logistic_alo/alpha_interpolation.hpp"
#include "solvers/logistic_alo/inverse_trace.hpp"
#include "solvers/shared/conditioning.hpp"

namespace elltwo {
namespace {

constexpr Index block_rows = 256;

/// Operations, and rows, for the sum over the sample at one value of c.
constexpr double sample_work = 2e6;
constexpr Index most_sample_rows = 2048;
constexpr Index least_sample_rows = 64;

/// c is looked for between these, by halving the interval of ln c until it is known to 0.1 %.
constexpr double least_factor = 1.0 / 64.0;
constexpr double largest_factor = 64.0;
constexpr int halvings = 13;

/// Features without a penalty get one by the least curvature, or by this part of the largest.
constexpr double substitute_curvature = 1e-3;

/// Between neighbouring alphas at which c is determined, in ln alpha.
const double widest_gap_of_factor = std::log(20.0);

/// t^T (diag(1 / (c N)) + W)^-1 t for N (m) and W = V^T (w diag(p) - w p p^T) V (m x m).
double removal(Index m, double c, const double* form, const double* t, const double* curvature,
               double* work, double* rhs) {
  for (Index a = 0; a < m; ++a) {
    const double root = std::sqrt(c * form[a]);
    for (Index b = 0; b <= a; ++b) {
      work[a * m + b] = root * curvature[a * m + b] * std::sqrt(c * form[b]);
    }
    work[a * m + a] += 1.0;
    rhs[a] = root * t[a];
  }
  double total = 0.0;
  for (Index i = 0; i < m; ++i) {  // |L^-1 rhs|^2
    for (Index j = 0; j <= i; ++j) {
      double sum = work[i * m + j];
      for (Index k = 0; k < j; ++k) sum -= work[i * m + k] * work[j * m + k];
      work[i * m + j] = i == j ? std::sqrt(std::max(sum, own_direction)) : sum / work[j * m + j];
    }
    for (Index k = 0; k < i; ++k) rhs[i] -= work[i * m + k] * rhs[k];
    rhs[i] /= work[i * m + i];
    total += rhs[i] * rhs[i];
  }
  return total;
}

}  // namespace

template <Real T>
Index KroneckerLoo<T>::sample_stride() const {
  const auto classes = static_cast<double>(problem_.n_outputs());
  const auto affordable = static_cast<Index>(sample_work / (classes * classes * classes));
  const Index wanted = std::clamp(affordable, least_sample_rows, most_sample_rows);
  return (problem_.rows().n + wanted - 1) / wanted;
}

// Turns the residuals of some fitted rows into c^-1 times their steps, and keeps what the sample
// needs. forms: rows x directions, q.
template <Real T>
void KroneckerLoo<T>::step_of_rows(const GramDirections<T>& directions, std::size_t a, Index k0,
                                   Index rows, const double* forms, AloTerms& terms) {
  const auto& mean = mean_[a];
  const auto& fitted = problem_.rows();
  const Index classes = problem_.n_outputs(), m = mean.size(), stride = sample_stride();
  const Index n = static_cast<Index>(terms.z.size()) / classes;
  Buffer<double> residual(rows * classes), turned(rows * m);
  for (Index k = 0; k < classes; ++k) {
    for (Index i = 0; i < rows; ++i) {
      residual[k * rows + i] = problem_.weight_scale() * terms.residual[k * n + fitted.row(k0 + i)];
    }
  }
  blas::gemm(blas::Op::none, blas::Op::none, rows, m, classes, 1.0, residual.data(), rows,
             mean.direction.data(), classes, 0.0, turned.data(), rows);
  for (Index d = 0; d < m; ++d) {
    const double lambda = mean.lambda[d];
    const double of_intercept = directions.intercept_form(lambda);
    for (Index i = 0; i < rows; ++i) {
      const Index k = k0 + i;
      double& t = turned[d * rows + i];
      const double q = forms[d * rows + i] + of_intercept;
      const double own = lambda * fitted.weight_of(k) * q;
      const double without = q / std::max(1.0 - own, own_direction);
      if (k % stride == 0) {
        const Index s = k / stride;
        sample_[a].form[s * m + d] = without;
        sample_[a].residual[s * m + d] = t;
        sample_[a].trace[s] += t * t * q;
      }
      t *= without;
    }
  }
  blas::gemm(blas::Op::none, blas::Op::transpose, rows, classes, m, 1.0, turned.data(), rows,
             mean.direction.data(), classes, 0.0, residual.data(), rows);
  for (Index k = 0; k < classes; ++k) {
    for (Index i = 0; i < rows; ++i) {
      terms.residual[k * n + fitted.row(k0 + i)] = residual[k * rows + i];
    }
  }
}

// One pass over the rows, in the directions of the Gram matrix, for all alphas.
template <Real T>
void KroneckerLoo<T>::visit_rows(const GramDirections<T>& directions,
                                 std::span<const double> alphas, std::span<AloTerms> terms) {
  const Index n = problem_.rows().n, p = directions.size();
  const Index m = problem_.n_outputs() - 1;
  const auto n_alphas = static_cast<Index>(alphas.size());
  Buffer<double> inverse(p * m * n_alphas);
  for (Index a = 0; a < n_alphas; ++a) {
    for (Index d = 0; d < m; ++d) {
      directions.invert(mean_[a].lambda[d], alphas[a], inverse.data() + (a * m + d) * p);
    }
  }
  const Index n_blocks = (n + block_rows - 1) / block_rows;
  TaskCounter blocks(n_blocks);
  Relay relay(problem_.monitor());
  const double work = 2.0 * static_cast<double>(n * p) * static_cast<double>(p + m * n_alphas);
  const int team = threads_for(problem_.options().n_threads, work);
  run_team(static_cast<int>(std::min<Index>(team, n_blocks)), [&](TeamMember&) {
    Buffer<double> x(p * block_rows), rotated(p * block_rows), forms(m * block_rows);
    for (Index b = 0; blocks.next(b);) {
      const Index k0 = b * block_rows, rows = std::min(block_rows, n - k0);
      directions.rotate(k0, rows, x.data(), rotated.data());
      for (Index e = 0; e < p * rows; ++e) rotated[e] *= rotated[e];
      for (Index a = 0; a < n_alphas; ++a) {
        blas::gemm(blas::Op::transpose, blas::Op::none, rows, m, p, 1.0, rotated.data(), p,
                   inverse.data() + a * m * p, p, 0.0, forms.data(), rows);
        step_of_rows(directions, a, k0, rows, forms.data(), terms[a]);
      }
      relay.check();
    }
  });
}

// V^T (w diag(p) - w p p^T) V of the rows of the sample, lower triangles.
template <Real T>
std::vector<double> KroneckerLoo<T>::curvature_of_sample(
    std::size_t a, const std::vector<double>& probability) const {
  const Index n = problem_.rows().n, classes = problem_.n_outputs(), m = classes - 1;
  const Index rows = static_cast<Index>(sample_[a].trace.size());
  const double* v = mean_[a].direction.data();
  std::vector<double> curvature(rows * m * m), along(m);
  for (Index s = 0; s < rows; ++s) {
    const double* p = probability.data() + s * sample_stride();
    const double w = problem_.rows().weight_of(s * sample_stride());
    for (Index d = 0; d < m; ++d) {
      along[d] = 0.0;
      for (Index k = 0; k < classes; ++k) along[d] += v[d * classes + k] * p[k * n];
      for (Index e = 0; e <= d; ++e) {
        double sum = -along[d] * along[e];
        for (Index k = 0; k < classes; ++k) {
          sum += v[d * classes + k] * v[e * classes + k] * p[k * n];
        }
        curvature[(s * m + d) * m + e] = w * sum;
      }
    }
  }
  return curvature;
}

// The factor c of an alpha at which sum r^T M r is `ratio` times that of the Kronecker product.
template <Real T>
double KroneckerLoo<T>::factor_of(std::size_t a, double ratio,
                                  const std::vector<double>& probability) const {
  const auto& [form, residual, trace] = sample_[a];
  const Index rows = static_cast<Index>(trace.size()), m = mean_[a].size();
  const auto curvature = curvature_of_sample(a, probability);
  std::vector<double> work(m * m), rhs(m);
  const double target = ratio * sum_over(rows, [&](Index s) { return trace[s]; });
  if (!(target > 0.0)) return 1.0;
  double low = std::log(least_factor), high = std::log(largest_factor);
  for (int step = 0; step < halvings; ++step) {
    const double middle = 0.5 * (low + high);
    double total = 0.0;
    for (Index s = 0; s < rows; ++s) {
      total += removal(m, std::exp(middle), form.data() + s * m, residual.data() + s * m,
                       curvature.data() + s * m * m, work.data(), rhs.data());
    }
    (total < target ? low : high) = middle;
  }
  return std::exp(0.5 * (low + high));
}

template <Real T>
void KroneckerLoo<T>::run(std::span<const double> alphas, std::span<AloTerms> terms) {
  const Index n = problem_.rows().n, classes = problem_.n_outputs();
  const Index sample = (n + sample_stride() - 1) / sample_stride();
  double least_curvature = infinity, largest_curvature = 0.0;
  for (const auto& of_alpha : terms) {
    const auto probability = of_fitted_rows(problem_, of_alpha.curvature, 1.0);
    mean_.push_back(mean_curvature(problem_.rows(), classes, probability.data()));
    least_curvature = std::min(least_curvature, mean_.back().lambda.front());
    largest_curvature = std::max(largest_curvature, mean_.back().lambda.back());
    sample_.push_back({.form = std::vector<double>(sample * (classes - 1)),
                       .residual = std::vector<double>(sample * (classes - 1)),
                       .trace = std::vector<double>(sample, 0.0)});
  }
  least_curvature = std::max(least_curvature, substitute_curvature * largest_curvature);
  const GramDirections<T> directions(problem_, alphas, least_curvature);
  const AlphaInterpolation interpolation(alphas, widest_gap_of_factor);
  std::vector<double> log_factor;  // at first the ratio of the traces
  for (const auto a : interpolation.nodes()) {
    problem_.set_alpha(alphas[a]);
    const auto residual = of_fitted_rows(problem_, terms[a].residual, problem_.weight_scale());
    const auto probability = of_fitted_rows(problem_, terms[a].curvature, 1.0);
    log_factor.push_back(
        inverse_trace_ratio(directions, mean_[a], alphas[a], residual, probability));
  }
  visit_rows(directions, alphas, terms);
  TaskCounter nodes(static_cast<Index>(log_factor.size()));
  const double work = sample_work * halvings * static_cast<double>(log_factor.size());
  run_team(threads_for(problem_.options().n_threads, work), [&](TeamMember&) {
    for (Index i = 0; nodes.next(i);) {
      const auto a = interpolation.nodes()[i];
      const auto probability = of_fitted_rows(problem_, terms[a].curvature, 1.0);
      log_factor[i] = std::log(factor_of(a, log_factor[i], probability));
    }
  });
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    double factor = 1.0;
    interpolation.interpolate(a, log_factor.data(), 1, 1, &factor);
    auto& of_alpha = terms[a];
    for (std::size_t e = 0; e < of_alpha.z.size(); ++e) {
      of_alpha.z[e] -= factor * of_alpha.residual[e];
    }
  }
}

template class KroneckerLoo<double>;
template class KroneckerLoo<float>;

}  // namespace elltwo
