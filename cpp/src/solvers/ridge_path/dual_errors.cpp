#include "solvers/ridge_path/dual_errors.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "linalg/blas.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/ridge_path/method.hpp"

namespace elltwo {
namespace {

using blas::Op;

/// Some rows of the data and the mean of all, for predictions by many fits.
struct DirectionRows {
  Buffer<double> values;      ///< (x - mean)^T X^T U, and last of the mean: directions x (rows + 1)
  Buffer<double> prior_part;  ///< what the prior means predict: targets x (rows + 1)
};

// `features` are those in directions.
template <Real T>
DirectionRows rows_in_directions(const DualSystem<T>& system, std::span<const Index> rows,
                                 const Buffer<double>& features) {
  const auto& problem = system.problem();
  const Index p = problem.n_features(), n_targets = problem.n_targets();
  const Index kept = features.size() / p;
  const auto n = static_cast<Index>(rows.size());
  DirectionRows out{Buffer<double>(kept * (n + 1)), Buffer<double>::zeros(n_targets * (n + 1))};
  const double* mean = problem.centred() ? system.means().x.data() : nullptr;
  Relay relay(problem.monitor());
  TaskCounter blocks(n / error_block_rows + 1);
  const double work = 2.0 * static_cast<double>(n * p) * static_cast<double>(kept);
  run_team(threads_for(problem.options().n_threads, work), [&](TeamMember&) {
    Buffer<double> x(error_block_rows * p);
    for (Index block = 0; blocks.next(block);) {
      relay.check();
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
          out.prior_part[t * (n + 1) + k0 + k] = sum;
        }
      }
      blas::gemm(Op::transpose, Op::none, kept, now, p, 1.0, features.data(), p, x.data(), p, 0.0,
                 out.values.data() + k0 * kept, kept);
    }
  });
  return out;
}

// Many fits: the rows are brought to the directions once, then every fit is cheap. With k the share
// of the intercept that its penalty leaves, predictions are k ybar + (1 - k) xbar.b + (x - xbar).b.
template <Real T>
void errors_in_directions(DualCoefficients<T>& coefficients, std::span<const Index> rows,
                          std::span<const double> weight, std::span<const double> alphas,
                          double* sse) {
  const auto& system = coefficients.system();
  const auto& spectrum = coefficients.spectrum();
  const auto& problem = system.problem();
  const auto& means = system.means();
  const Index n_targets = problem.n_targets(), kept = spectrum.t.size();
  const auto n = static_cast<Index>(rows.size()), n_alphas = static_cast<Index>(alphas.size());
  const auto features = coefficients.features_in_directions();
  const auto in_directions = rows_in_directions(system, rows, features);
  Relay relay(problem.monitor());
  TaskCounter tasks(n_alphas);
  const double work =
      2.0 * static_cast<double>(n * kept) * static_cast<double>(n_alphas * n_targets);
  run_team(threads_for(problem.options().n_threads, work), [&](TeamMember&) {
    const auto& prior_part = in_directions.prior_part;
    Buffer<double> w(kept * n_targets), fitted(prior_part.size());
    for (Index task = 0; tasks.next(task);) {
      relay.check();
      const double alpha = alphas[task];
      const double penalty = problem.intercept_penalty(alpha);
      const double share =
          !problem.centred() || std::isinf(penalty) ? 0.0 : means.weight / (means.weight + penalty);
      spectrum.solution(alpha, w.data());
      std::copy(prior_part.begin(), prior_part.end(), fitted.begin());
      blas::gemm(Op::transpose, Op::none, n + 1, n_targets, kept, 1.0, in_directions.values.data(),
                 kept, w.data(), kept, 1.0, fitted.data(), n + 1);
      for (Index t = 0; t < n_targets; ++t) {
        const double* f = fitted.data() + t * (n + 1);
        const double y_mean = problem.centred() ? means.y[t] : 0.0;
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
}

// From the coefficients, some alphas at a time, with rows about the training means.
template <Real T>
void errors_from_coefficients(DualCoefficients<T>& coefficients, std::span<const Index> rows,
                              std::span<const double> weight, std::span<const double> alphas,
                              double* sse) {
  const auto& problem = coefficients.system().problem();
  const Index p = problem.n_features(), n_targets = problem.n_targets();
  const auto n = static_cast<Index>(rows.size());
  const auto n_alphas = static_cast<Index>(alphas.size());
  const Index at_once = std::clamp<Index>(most_coefficients_at_once / (p * n_targets), 1, n_alphas);
  std::fill_n(sse, n_alphas * n_targets, 0.0);
  for (Index first = 0; first < n_alphas; first += at_once) {
    const Index count = std::min(at_once, n_alphas - first);
    const Index fits = count * n_targets;
    std::vector<double> coef(fits * p), intercept(fits);
    coefficients.write(alphas.subspan(first, count), coef, intercept);
    const double* mean = problem.centred() ? coefficients.system().means().x.data() : nullptr;
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
      blas::gemm(Op::transpose, Op::none, fits, now, p, 1.0, coef.data(), p, x.data(), p, 0.0,
                 fitted.data(), fits);
      for (Index k = 0; k < now; ++k) {
        const Index u = k0 + k;
        for (Index f = 0; f < fits; ++f) {
          const double e =
              problem.data().y(rows[u], f % n_targets) - intercept[f] - fitted[k * fits + f];
          sse[first * n_targets + f] += weight[u] * e * e;
        }
      }
    }
    check(problem.monitor());
  }
}

}  // namespace

template <Real T>
void dual_squared_errors(DualCoefficients<T>& coefficients, std::span<const Index> rows,
                         std::span<const double> weight, std::span<const double> alphas,
                         double* sse) {
  const auto fits = static_cast<Index>(alphas.size()) * coefficients.system().problem().n_targets();
  if (coefficients.worth_directions(fits)) {
    errors_in_directions(coefficients, rows, weight, alphas, sse);
  } else {
    errors_from_coefficients(coefficients, rows, weight, alphas, sse);
  }
}

template void dual_squared_errors<double>(DualCoefficients<double>&, std::span<const Index>,
                                          std::span<const double>, std::span<const double>,
                                          double*);
template void dual_squared_errors<float>(DualCoefficients<float>&, std::span<const Index>,
                                         std::span<const double>, std::span<const double>, double*);

}  // namespace elltwo
