#include "solvers/ridge/gradient.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "linalg/blas.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index gradient_block_targets = 64;

}  // namespace

template <Real T>
double Gradient<T>::mean_residual(Index target, const double* b) const {
  double centre = means_.y[target];
  for (Index j = 0; j < problem_.n_features(); ++j) {
    centre -= means_.x[j] * b[j];
  }
  return centre;
}

template <Real T>
void Gradient<T>::subtract_penalty(const double* b, double* g) const {
  const Index p = problem_.n_features();
  std::vector<double> penalty;
  for (Index j = 0; j < p; ++j) {
    const double a = problem_.penalty(j, group_.alpha);
    penalty.push_back(std::isinf(a) ? 0.0 : a);
  }
  for (Index u = 0; u < targets(); ++u) {
    const Index t = group_.targets[u];
    for (Index j = 0; j < p; ++j) {
      const double distance = b[u * p + j] - problem_.prior(t, j);
      g[u * p + j] -= penalty[j] * distance;
    }
  }
}

template <Real T>
void Gradient<T>::from_moments(const double* b, double* g) const {
  const Index p = problem_.n_features();
  const double k = kappa();
  const bool moved = std::any_of(b, b + targets() * p, [](double v) { return v != 0.0; });
  const double work = 2.0 * static_cast<double>(targets()) * p * p;
  TaskCounter blocks((targets() + gradient_block_targets - 1) / gradient_block_targets);
  run_team(threads_for(problem_.options().n_threads, moved ? work : 0.0), [&](TeamMember&) {
    for (Index task = 0; blocks.next(task);) {
      const Index first = task * gradient_block_targets;
      const Index count = std::min(gradient_block_targets, targets() - first);
      for (Index j = 0; j < p; ++j) {
        for (Index u = first; u < first + count; ++u) {
          g[u * p + j] = moments_.xy(j, group_.targets[u]);
        }
      }
      for (Index u = first; k != 0.0 && u < first + count; ++u) {
        const Index t = group_.targets[u];
        const double push = k * mean_residual(t, b + u * p);
        for (Index j = 0; j < p; ++j) {
          g[u * p + j] += push * means_.x[j];
        }
      }
      if (!moved) continue;
      // The row-major upper triangle is the column-major lower one.
      blas::symm(blas::Uplo::lower, p, count, -1.0, moments_.gram.data(), moments_.gram.ld(),
                 b + first * p, p, 1.0, g + first * p, p);
    }
  });
  subtract_penalty(b, g);
}

template <Real T>
void Gradient<T>::from_data(const double* b, double* g, std::vector<double>& centre) const {
  centre.clear();
  if (is_small()) from_small_data(b, g, centre);
  else from_large_data(b, g);
}

template <Real T>
void Gradient<T>::from_large_data(const double* b, double* g) const {
  const Index p = problem_.n_features();
  const bool centred = problem_.centred();
  const Index cols = p + (centred ? 1 : 0);
  const Index rows_out = targets() + (centred ? 1 : 0);
  std::vector<double> shift(p);
  for (Index j = 0; j < p; ++j) {
    shift[j] = means_.x[j] / problem_.x_scale(j);
  }
  const Source<T> source{
      .x = problem_.data().x,
      .col_shift = shift.data(),
      .col_scale = problem_.scales().x.empty() ? nullptr : problem_.scales().x.data(),
      .row_scale = problem_.sqrt_weight(),
      .ones = centred};
  auto padded = Buffer<double>::zeros(rows_out * cols);
  for (Index u = 0; u < targets(); ++u) std::copy_n(b + u * p, p, padded.data() + u * cols);
  const auto to_residual = [&](Index k0, Index kc, double* f, Index ld) {
    for (Index u = 0; u < targets(); ++u) {
      const Index t = group_.targets[u];
      const double y_mean = means_.y[t];
      for (Index k = 0; k < kc; ++k) {
        f[u * ld + k] = problem_.weighted_target(k0 + k, t, y_mean) - f[u * ld + k];
      }
    }
    for (Index k = 0; centred && k < kc; ++k) {
      f[targets() * ld + k] =
          problem_.sqrt_weight() != nullptr ? problem_.sqrt_weight()[k0 + k] : 1.0;
    }
  };
  const auto sums = stream_pass(source, rows_out, padded.data(), to_residual,
                                problem_.options().n_threads, problem_.monitor());
  for (Index u = 0; u < targets(); ++u) std::copy_n(sums.data() + u * cols, p, g + u * p);
  if (centred) apply_means(b, sums.data(), g);
  subtract_penalty(b, g);
}

// The rows of `sums` are (X^T r, sum w r) for each target, then (sum w x, sum w), all about the
// means. Adds to g what the residuals' mean and a penalised b0 contribute, and corrects the means.
template <Real T>
void Gradient<T>::apply_means(const double* b, const double* sums, double* g) const {
  const Index p = problem_.n_features();
  const double* offset = sums + targets() * (p + 1);
  const double k = kappa();
  for (Index u = 0; u < targets(); ++u) {
    const Index t = group_.targets[u];
    const double* b_target = b + u * p;
    const double sum = sums[u * (p + 1) + p];
    const double rho = sum / means_.weight;
    const double push = k != 0.0 ? k * (rho + mean_residual(t, b_target)) : 0.0;
    const double moved = rho - push / means_.weight;  // b0 about the means
    double y_offset = sum;
    for (Index j = 0; j < p; ++j) {
      g[u * p + j] += push * means_.x[j] - moved * offset[j];
      y_offset += offset[j] * b_target[j];
    }
    means_.y[t] += y_offset / means_.weight;
  }
  means_.weight = offset[p];
  for (Index j = 0; j < p; ++j) {
    means_.x[j] += offset[j] / means_.weight;
  }
}

template <Real T>
void Gradient<T>::refine_means() const {
  if (!problem_.centred()) return;
  const auto zero = Buffer<double>::zeros(targets() * problem_.n_features());
  Buffer<double> unused(zero.size());
  from_large_data(zero.data(), unused.data());
}

template class Gradient<double>;
template class Gradient<float>;

}  // namespace elltwo
