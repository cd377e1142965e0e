#include "solvers/ridge_path/spectrum.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/blas.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index spectrum_block_targets = 64;

}  // namespace

void Spectrum::solution(double alpha, Index first, Index count, double* z) const {
  const Index all = directions();
  const double* c = target.data() + first * all;
  for (Index t = 0; t < count; ++t) std::copy_n(c + t * all, rank_free, z + t * all);
  penalised.solve(alpha, count, c + rank_free, all, z + rank_free, all);
}

Buffer<double> Spectrum::eigenvectors(Monitor& monitor) const {
  const Index all = directions(), m = all > 0 ? basis.size() / all : 0, size = penalised.size();
  const auto kept = static_cast<Index>(s.size());
  Buffer<double> out(std::max<Index>(1, m * (rank_free + kept)));
  if (penalised.beside.empty()) {
    std::copy_n(basis.data(), m * (rank_free + kept), out.data());
    return out;
  }
  std::copy_n(basis.data(), m * rank_free, out.data());
  const auto v = penalised.eigenvectors(monitor);
  Buffer<double> descending(std::max<Index>(1, size * kept));
  for (Index k = 0; k < kept; ++k) {
    std::copy_n(v.data() + (size - 1 - k) * size, size, descending.data() + k * size);
  }
  if (kept == 0) return out;
  blas::gemm(blas::Op::none, blas::Op::none, m, kept, size, 1.0, basis.data() + rank_free * m, m,
             descending.data(), size, 0.0, out.data() + rank_free * m, m, monitor);
  return out;
}

// Where T is diagonal, sum_k (alpha / (s_k + alpha))^2 target_k^2 / s_k beyond what no coefficients
// can fit.
void Spectrum::residual_squares(double alpha, double* rss) const {
  if (!penalised.beside.empty() || reference_alpha != 0.0) {
    for (Index t = 0; t < n_targets(); t += spectrum_block_targets) {
      residual_squares_of_some(alpha, t, std::min(spectrum_block_targets, n_targets() - t),
                               rss + t);
    }
    return;
  }
  const Index all = directions();
  for (Index t = 0; t < n_targets(); ++t) {
    const double* c = target.data() + t * all + rank_free;
    double sum = reference_rss[t];
    for (Index k = 0; k < penalised.size(); ++k) {
      const double d = penalised.diagonal[k];
      if (!(d > 0.0)) continue;
      const double part = (std::isinf(alpha) ? 1.0 : alpha / (d + alpha)) * c[k];
      sum += part * part / d;
    }
    rss[t] = sum;
  }
}

// From the solution z_0 at alpha_0, with d = z_0 - z:  rss_0 + d^T T d + 2 alpha_0 z_0^T d. For
// alpha > alpha_0 all terms are positive.
void Spectrum::residual_squares_of_some(double alpha, Index first, Index count, double* rss) const {
  const Index all = directions(), m = penalised.size();
  const double* c = target.data() + first * all + rank_free;
  Buffer<double> start(count * m), moved(count * m), pushed(m);
  penalised.solve(reference_alpha, count, c, all, start.data(), m);
  penalised.solve(alpha, count, c, all, moved.data(), m);
  for (Index t = 0; t < count; ++t) {
    const double* z = start.data() + t * m;
    double* d = moved.data() + t * m;
    for (Index k = 0; k < m; ++k) d[k] = z[k] - d[k];
    penalised.multiply(d, pushed.data());
    double sum = reference_rss[first + t];
    for (Index k = 0; k < m; ++k) sum += d[k] * (pushed[k] + 2.0 * reference_alpha * z[k]);
    rss[t] = std::max(sum, 0.0);
  }
}

Spectrum spectrum_of_gram(Index m, Buffer<double> g, const double* gy,
                          const std::vector<double>& yy, double smallest_alpha, double noise,
                          int n_threads, Monitor& monitor) {
  const auto t = static_cast<Index>(yy.size());
  Spectrum result;
  auto [form, values] = tridiagonalise(m, g.data(), m, n_threads, monitor);
  result.penalised = std::move(form);
  result.basis = std::move(g);
  result.largest = m > 0 ? std::max(values.back(), 0.0) : 0.0;
  for (auto s = values.rbegin(); s != values.rend() && *s > noise * result.largest; ++s) {
    result.s.push_back(*s);
  }
  if (result.s.size() == values.size() && m > 0) result.smallest = values.front();
  result.target = Buffer<double>(std::max<Index>(1, m * t));
  result.reference_alpha = std::min(smallest_alpha, result.largest);
  result.reference_rss = yy;
  const double work = 2.0 * static_cast<double>(m) * static_cast<double>(m * t);
  TaskCounter blocks((t + spectrum_block_targets - 1) / spectrum_block_targets);
  Relay relay(monitor);
  run_team(threads_for(n_threads, work), [&](TeamMember&) {
    Buffer<double> z(spectrum_block_targets * m);
    for (Index task = 0; blocks.next(task);) {
      relay.check();
      const Index first = task * spectrum_block_targets,
                  count = std::min(spectrum_block_targets, t - first);
      double* c = result.target.data() + first * m;
      if (m > 0) {
        blas::gemm(blas::Op::transpose, blas::Op::none, m, count, m, 1.0, result.basis.data(), m,
                   gy + first * m, m, 0.0, c, m);
      }
      result.solution(result.reference_alpha, first, count, z.data());
      for (Index u = 0; u < count; ++u) {
        double& rss = result.reference_rss[first + u];
        for (Index k = 0; k < m; ++k) {
          const double v = z[u * m + k];
          rss -= v * (c[u * m + k] + result.reference_alpha * v);
        }
        rss = std::max(rss, 0.0);
      }
    }
  });
  return result;
}

}  // namespace elltwo
