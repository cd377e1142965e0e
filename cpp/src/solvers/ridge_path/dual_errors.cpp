#include <algorithm>
#include <cmath>
#include <vector>

#include "linalg/blas.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/ridge_path/dual.hpp"

namespace elltwo {

// (x - mean)^T X^T U of some rows, and last of the mean itself (directions x (rows + 1)), and what of their
// predictions the prior means make (targets x (rows + 1)).
template <Real T>
bool DualPath<T>::turned_rows(std::span<const Index> rows, const Buffer<double>& turned,
                              double* out, double* prior_part) const {
  const auto& problem = this->problem_;
  const Index p = problem.n_features(), n_targets = problem.n_targets(), kept = t_.size();
  const auto n = static_cast<Index>(rows.size());
  const double* mean = problem.centred() ? this->x_mean_.data() : nullptr;
  Relay relay(problem.monitor());
  TaskCounter blocks(n / error_block_rows + 1);
  const double work = 2.0 * static_cast<double>(n * p) * static_cast<double>(kept);
  run_team(threads_for(problem.options().n_threads, work), [&](TeamMember&) {
    Buffer<double> x(error_block_rows * p);
    for (Index block = 0; blocks.next(block) && !relay.should_stop();) {
      const Index k0 = block * error_block_rows, now = std::min(error_block_rows, n + 1 - k0);
      for (Index k = 0; k < now; ++k) {
        const bool of_mean = k0 + k == n;
        const Index i = of_mean ? 0 : rows[k0 + k];
        double* row = x.data() + k * p;
        for (Index j = 0; j < p; ++j) {
          const double m = mean != nullptr ? mean[j] : 0.0;
          row[j] = of_mean ? m : static_cast<double>(problem.data().x(i, j)) - m;
        }
        for (Index t = 0; t < n_targets && problem.has_prior(); ++t) {
          double sum = 0.0;
          for (Index j = 0; j < p; ++j) sum += row[j] * problem.prior(t, j);
          prior_part[t * (n + 1) + k0 + k] = sum;
        }
      }
      blas::gemm(blas::Op::transpose, blas::Op::none, kept, now, p, 1.0, turned.data(), p, x.data(),
                 p, 0.0, out + k0 * kept, kept);
    }
  });
  return !relay.stopped();
}

// Many fits: the rows go over to the directions once, then every fit is cheap. With k the share of the
// intercept that its penalty leaves, predictions are k ybar + (1 - k) xbar.b + (x - xbar).b.
template <Real T>
bool DualPath<T>::errors_in_directions(std::span<const Index> rows, std::span<const double> weight,
                                       std::span<const double> alphas, double* sse) {
  const auto& problem = this->problem_;
  const Index n_targets = problem.n_targets(), kept = t_.size();
  const auto n = static_cast<Index>(rows.size()), n_alphas = static_cast<Index>(alphas.size());
  Buffer<double> turned, a(kept * (n + 1));
  auto prior_part = Buffer<double>::zeros(n_targets * (n + 1));
  if (!turned_features(turned) || !turned_rows(rows, turned, a.data(), prior_part.data())) {
    return false;
  }
  Relay relay(problem.monitor());
  TaskCounter tasks(n_alphas);
  const double work =
      2.0 * static_cast<double>(n * kept) * static_cast<double>(n_alphas * n_targets);
  run_team(threads_for(problem.options().n_threads, work), [&](TeamMember&) {
    Buffer<double> w(kept * n_targets), fitted(prior_part.size());
    for (Index task = 0; tasks.next(task) && !relay.should_stop();) {
      const double alpha = alphas[task];
      const double penalty = problem.intercept_penalty(alpha);
      const double share = !problem.centred() || std::isinf(penalty)
                               ? 0.0
                               : this->weight_ / (this->weight_ + penalty);
      solution(alpha, w.data());
      std::copy(prior_part.begin(), prior_part.end(), fitted.begin());
      blas::gemm(blas::Op::transpose, blas::Op::none, n + 1, n_targets, kept, 1.0, a.data(), kept,
                 w.data(), kept, 1.0, fitted.data(), n + 1);
      for (Index t = 0; t < n_targets; ++t) {
        const double* f = fitted.data() + t * (n + 1);
        const double y_mean = problem.centred() ? this->y_mean()[t] : 0.0;
        const double centre = share * y_mean + (1.0 - share) * f[n];
        double sum = 0.0;
        for (Index k = 0; k < n; ++k) {
          const double e = problem.data().y(rows[k], t) - centre - f[k];
          sum += weight[k] * e * e;
        }
        sse[task * n_targets + t] = sum;
      }
    }
  });
  return !relay.stopped();
}

// From the coefficients, some alphas at a time, rows about the training means; or in the directions.
template <Real T>
bool DualPath<T>::squared_errors(std::span<const Index> rows, std::span<const double> weight,
                                 std::span<const double> alphas, double* sse) {
  const auto& problem = this->problem_;
  const Index p = problem.n_features(), n_targets = problem.n_targets();
  const auto n = static_cast<Index>(rows.size());
  const auto n_alphas = static_cast<Index>(alphas.size());
  if (worth_turning(n_alphas * n_targets)) return errors_in_directions(rows, weight, alphas, sse);
  const Index at_once = std::clamp<Index>(most_coefficients_at_once / (p * n_targets), 1, n_alphas);
  std::fill_n(sse, n_alphas * n_targets, 0.0);
  for (Index first = 0; first < n_alphas; first += at_once) {
    const Index count = std::min(at_once, n_alphas - first);
    const Index fits = count * n_targets;
    std::vector<double> coef(fits * p), intercept(fits);
    const auto some = alphas.subspan(first, count);
    if (!coefficients(some, coef, intercept)) return false;
    const double* mean = problem.centred() ? this->x_mean() : nullptr;
    for (Index f = 0; f < fits && mean != nullptr; ++f) {
      for (Index j = 0; j < p; ++j) {
        intercept[f] += mean[j] * coef[f * p + j];
      }
    }
    Buffer<double> x(error_block_rows * p), fitted(error_block_rows * fits);
    for (Index k0 = 0; k0 < n; k0 += error_block_rows) {
      const Index now = std::min(error_block_rows, n - k0);
      for (Index k = 0; k < now; ++k) {
        const Index i = rows[k0 + k];
        for (Index j = 0; j < p; ++j) {
          const double shift = mean != nullptr ? mean[j] : 0.0;
          x[k * p + j] = static_cast<double>(problem.data().x(i, j)) - shift;
        }
      }
      blas::gemm(blas::Op::transpose, blas::Op::none, fits, now, p, 1.0, coef.data(), p, x.data(),
                 p, 0.0, fitted.data(), fits);
      for (Index k = 0; k < now; ++k) {
        const Index u = k0 + k;
        for (Index f = 0; f < fits; ++f) {
          const double e =
              problem.data().y(rows[u], f % n_targets) - intercept[f] - fitted[k * fits + f];
          sse[first * n_targets + f] += weight[u] * e * e;
        }
      }
    }
    if (this->problem_.monitor().should_stop()) return false;
  }
  return true;
}

template bool DualPath<double>::squared_errors(std::span<const Index>, std::span<const double>,
                                               std::span<const double>, double*);
template bool DualPath<float>::squared_errors(std::span<const Index>, std::span<const double>,
                                              std::span<const double>, double*);

}  // namespace elltwo
