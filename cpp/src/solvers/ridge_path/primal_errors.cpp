#include "solvers/ridge_path/primal_errors.hpp"

#include <algorithm>
#include <vector>

#include "linalg/blas.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"
#include "solvers/ridge_path/method.hpp"

namespace elltwo {
namespace {

constexpr Index error_block_targets = 128;
constexpr Index n_chunks = 32;
using blas::Op;

// More fits than rows: the rows are brought to the directions once, then every fit is cheap.
template <Real T>
void errors_of_many_fits(const PathDesign<T>& design, const Spectrum& spectrum,
                         std::span<const Index> rows, std::span<const double> weight,
                         std::span<const double> alphas, double* sse) {
  const auto& problem = design.problem();
  const Index m = design.size(), n_targets = problem.n_targets(), all = spectrum.directions();
  const auto n = static_cast<Index>(rows.size());
  const Index ld = m + n_targets;
  const auto n_alphas = static_cast<Index>(alphas.size());
  Buffer<double> a(std::max<Index>(1, all * n)), y(n * n_targets);
  const double work = static_cast<double>(n) * (all + 1) * (m + n_alphas * n_targets);
  const int team = threads_for(problem.options().n_threads, work);
  TaskCounter blocks((n + error_block_rows - 1) / error_block_rows);
  run_team(team, [&](TeamMember&) {
    Buffer<double> z(error_block_rows * ld);
    for (Index b = 0; blocks.next(b);) {
      const Index k0 = b * error_block_rows, now = std::min(error_block_rows, n - k0);
      for (Index k = 0; k < now; ++k) {
        design.fill_row(rows[k0 + k], z.data() + k * ld);
        for (Index t = 0; t < n_targets; ++t) y[t * n + k0 + k] = z[k * ld + m + t];
      }
      if (all == 0) continue;
      blas::gemm(Op::transpose, Op::none, all, now, m, 1.0, spectrum.basis.data(), m, z.data(), ld,
                 0.0, a.data() + k0 * all, all);
    }
  });
  const Index per_alpha = (n_targets + error_block_targets - 1) / error_block_targets;
  TaskCounter tasks(n_alphas * per_alpha);
  Relay relay(problem.monitor());
  run_team(team, [&](TeamMember&) {
    Buffer<double> z(std::max<Index>(1, all * error_block_targets)),
        fitted(n * error_block_targets);
    for (Index task = 0; tasks.next(task);) {
      const Index i = task / per_alpha, first = task % per_alpha * error_block_targets;
      const Index count = std::min(error_block_targets, n_targets - first);
      fitted.fill_zero();
      spectrum.solution(alphas[i], first, count, z.data());
      if (all > 0) {
        blas::gemm(Op::transpose, Op::none, n, count, all, 1.0, a.data(), all, z.data(), all, 0.0,
                   fitted.data(), n);
      }
      for (Index t = 0; t < count; ++t) {
        double sum = 0.0;
        for (Index k = 0; k < n; ++k) {
          const double e = y[(first + t) * n + k] - fitted[t * n + k];
          sum += weight[k] * e * e;
        }
        sse[i * n_targets + first + t] = sum;
      }
      relay.check();
    }
  });
}

// More rows than fits: the fits are brought to the columns once, then every row is cheap.
template <Real T>
void errors_of_many_rows(const PathDesign<T>& design, const Spectrum& spectrum,
                         std::span<const Index> rows, std::span<const double> weight,
                         std::span<const double> alphas, double* sse) {
  const auto& problem = design.problem();
  const Index m = design.size(), n_targets = problem.n_targets(), all = spectrum.directions();
  const auto n = static_cast<Index>(rows.size());
  const Index ld = m + n_targets, fits = n_targets * static_cast<Index>(alphas.size());
  Buffer<double> gained(std::max<Index>(1, all * fits));
  auto coef = Buffer<double>::zeros(std::max<Index>(1, m * fits));
  for (std::size_t i = 0; i < alphas.size(); ++i) {
    spectrum.solution(alphas[i], 0, n_targets,
                      gained.data() + static_cast<Index>(i) * n_targets * all);
  }
  if (all > 0) {
    blas::gemm(Op::none, Op::none, m, fits, all, 1.0, spectrum.basis.data(), m, gained.data(), all,
               0.0, coef.data(), m);
  }
  const Index n_blocks = (n + error_block_rows - 1) / error_block_rows;
  std::vector<std::vector<double>> partial(n_chunks);
  TaskCounter chunks(n_chunks);
  Relay relay(problem.monitor());
  const double work = static_cast<double>(n) * (m + 1) * (fits + 1);
  run_team(threads_for(problem.options().n_threads, work), [&](TeamMember&) {
    Buffer<double> z(error_block_rows * ld), fitted(error_block_rows * fits);
    for (Index c = 0; chunks.next(c);) {
      auto& sums = partial[c];
      sums.assign(fits, 0.0);
      const Index last = (c + 1) * n_blocks / n_chunks;
      for (Index b = c * n_blocks / n_chunks; b < last; ++b) {
        const Index k0 = b * error_block_rows, now = std::min(error_block_rows, n - k0);
        for (Index k = 0; k < now; ++k) {
          design.fill_row(rows[k0 + k], z.data() + k * ld);
        }
        fitted.fill_zero();
        if (m > 0) {
          blas::gemm(Op::transpose, Op::none, fits, now, m, 1.0, coef.data(), m, z.data(), ld, 0.0,
                     fitted.data(), fits);
        }
        for (Index k = 0; k < now; ++k) {
          const double w = weight[k0 + k];
          for (Index f = 0; f < fits; ++f) {
            const double e = z[k * ld + m + f % n_targets] - fitted[k * fits + f];
            sums[f] += w * e * e;
          }
        }
        relay.check();
      }
    }
  });
  std::fill_n(sse, fits, 0.0);
  for (const auto& sums : partial) {
    for (std::size_t f = 0; f < sums.size(); ++f) sse[f] += sums[f];
  }
}

}  // namespace

template <Real T>
void primal_squared_errors(const PathDesign<T>& design, const Spectrum& spectrum,
                           std::span<const Index> rows, std::span<const double> weight,
                           std::span<const double> alphas, double* sse) {
  const auto fits = static_cast<Index>(alphas.size()) * design.problem().n_targets();
  if (static_cast<Index>(rows.size()) < fits) {
    errors_of_many_fits(design, spectrum, rows, weight, alphas, sse);
  } else {
    errors_of_many_rows(design, spectrum, rows, weight, alphas, sse);
  }
}

template void primal_squared_errors<double>(const PathDesign<double>&, const Spectrum&,
                                            std::span<const Index>, std::span<const double>,
                                            std::span<const double>, double*);
template void primal_squared_errors<float>(const PathDesign<float>&, const Spectrum&,
                                           std::span<const Index>, std::span<const double>,
                                           std::span<const double>, double*);

}  // namespace elltwo
