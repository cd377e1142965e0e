#include "solvers/network/lanczos.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "linalg/buffer.hpp"
#include "linalg/lapack.hpp"
#include "parallel/interruption.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/network/counter_random.hpp"

namespace elltwo::network {
namespace {

constexpr int steps_between_checks = 8;

/// The Ritz value of the tridiagonal matrix with this diagonal and, but for its last number, this
/// subdiagonal, of which the last belongs to the next vector.
RitzValue top_of(const std::vector<double>& diagonal, const std::vector<double>& below,
                 double& scale, Monitor& monitor) {
  const auto m = static_cast<Index>(diagonal.size());
  std::vector<double> d = diagonal, e = below;
  Buffer<double> z(m * m);
  lapack::stedc(m, d.data(), e.data(), z.data(), m, monitor);
  scale = std::max(std::abs(d.front()), std::abs(d.back()));
  return {.value = d.back(),
          .error = std::abs(below.back() * z[m * m - 1]),
          .n_products = static_cast<int>(m)};
}

/// v -= sum_k (v . q_k) q_k, in two rounds.
void orthogonalise(const std::vector<std::vector<double>>& basis, std::vector<double>& v) {
  for (int round = 0; round < 2; ++round) {
    for (const auto& q : basis) {
      const double part = dot(q, v);
      for (std::size_t i = 0; i < v.size(); ++i) v[i] -= part * q[i];
    }
  }
}

}  // namespace

RitzValue largest_eigenvalue(Index n, const SymmetricProduct& product, int most_products,
                             double tol, Monitor& monitor) {
  const auto most = static_cast<int>(std::min<Index>(n, most_products));
  std::vector<std::vector<double>> basis;
  std::vector<double> diagonal, below, next(n);
  const CounterRandom random(0, 0);
  for (Index i = 0; i < n; ++i) next[i] = random.uniform(i) - 0.5;
  double length = std::sqrt(dot(next, next));
  for (;;) {
    basis.push_back(next);
    for (double& value : basis.back()) value /= length;
    product(basis.back(), next);
    diagonal.push_back(dot(basis.back(), next));
    orthogonalise(basis, next);
    length = std::sqrt(dot(next, next));
    below.push_back(length);
    check(monitor);
    const auto m = static_cast<int>(diagonal.size());
    // A remainder of rounding errors alone: the basis spans an invariant subspace.
    const bool closed = length <= 1e-14 * std::abs(diagonal.front());
    if (m < most && !closed && m % steps_between_checks != 0) continue;
    double scale = 0.0;
    const RitzValue top = top_of(diagonal, below, scale, monitor);
    if (m >= most || closed || top.error <= tol * scale) return top;
  }
}

}  // namespace elltwo::network
