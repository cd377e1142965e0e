#include "solvers/ridge/wide_svd.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "linalg/lapack.hpp"
#include "parallel/interruption.hpp"

namespace elltwo {

WideSvdFit wide_svd(Index m, Index n, Buffer<double> zt, double lost, double lambda,
                    Index n_targets, const double* r, double* u, Monitor& monitor) {
  const Index k = std::min(m, n);
  Buffer<double> tau(k);
  lapack::geqrf(m, n, zt.data(), m, tau.data(), monitor);
  // Z^T = Q R, so R = L S V^T makes V the left singular vectors of Z.
  auto triangle = Buffer<double>::zeros(k * n);
  for (Index j = 0; j < n; ++j) {
    std::copy_n(zt.data() + j * m, std::min(j + 1, k), triangle.data() + j * k);
  }
  zt = Buffer<double>();
  Buffer<double> s(k), left(k * k), vt(k * n);
  std::fill_n(u, n_targets * n, 0.0);
  if (!lapack::gesdd(k, n, triangle.data(), k, s.data(), left.data(), k, vt.data(), k, monitor)) {
    return {};
  }
  const double cut = static_cast<double>(std::max(m, n)) * std::numeric_limits<double>::epsilon() *
                     (s[0] + std::sqrt(lost));
  WideSvdFit fit;
  while (fit.rank < k && s[fit.rank] > cut) ++fit.rank;
  fit.largest = s[0];
  fit.rcond = fit.rank > 0 ? s[fit.rank - 1] / s[0] : 0.0;
  const Index kept = lambda > 0.0 ? k : fit.rank;
  std::vector<double> outside(n);
  for (Index v = 0; v < n_targets; ++v) {
    check(monitor);
    double* u_v = u + v * n;
    std::copy_n(r + v * n, n, outside.begin());  // loses its part in the kept directions
    for (Index c = 0; c < kept; ++c) {
      double dot = 0.0;
      for (Index i = 0; i < n; ++i) dot += vt[i * k + c] * outside[i];
      for (Index i = 0; i < n; ++i) {
        outside[i] -= dot * vt[i * k + c];
        u_v[i] += vt[i * k + c] * (dot / (s[c] * s[c] + lambda));
      }
    }
    for (Index i = 0; lambda > 0.0 && k < n && i < n; ++i) u_v[i] += outside[i] / lambda;
  }
  return fit;
}

}  // namespace elltwo
