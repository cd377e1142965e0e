#include "linalg/tridiagonal.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "linalg/lapack.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

// Solves for Count vectors side by side, since each step of a recurrence waits for the step before.
template <int Count>
void substitute(Index m, const double* lower, const double* inverse, const double* c, Index ldc,
                double* x, Index ldx) {
  double u[Count] = {};
  for (Index k = 0; k < m; ++k) {
    const double l = k > 0 ? lower[k - 1] : 0.0;
    for (int t = 0; t < Count; ++t) x[t * ldx + k] = u[t] = c[t * ldc + k] - l * u[t];
  }
  for (int t = 0; t < Count; ++t) u[t] = 0.0;
  for (Index k = m - 1; k >= 0; --k) {
    for (int t = 0; t < Count; ++t) {
      x[t * ldx + k] = u[t] = x[t * ldx + k] * inverse[k] - lower[k] * u[t];
    }
  }
}

}  // namespace

void Tridiagonal::factor(double shift, Index stride, double* lower, double* inverse) const {
  const Index m = size();
  double carried = 0.0;
  for (Index k = 0; k < m; ++k) {
    const double e = beside.empty() || k + 1 == m ? 0.0 : beside[k];
    const double pivot = diagonal[k] + shift - carried;
    const double reciprocal = pivot > 0.0 && std::isfinite(shift) ? 1.0 / pivot : 0.0;
    inverse[k * stride] = reciprocal;
    lower[k * stride] = e * reciprocal;
    carried = e * e * reciprocal;
  }
}

void Tridiagonal::solve(double shift, Index n, const double* c, Index ldc, double* x,
                        Index ldx) const {
  const Index m = size();
  std::vector<double> lower(diagonal.size()), inverse(diagonal.size());
  factor(shift, 1, lower.data(), inverse.data());
  Index t = 0;
  for (; t + 8 <= n; t += 8) {
    substitute<8>(m, lower.data(), inverse.data(), c + t * ldc, ldc, x + t * ldx, ldx);
  }
  for (; t < n; ++t) {
    substitute<1>(m, lower.data(), inverse.data(), c + t * ldc, ldc, x + t * ldx, ldx);
  }
}

void Tridiagonal::multiply(const double* x, double* out) const {
  const Index m = size();
  for (Index k = 0; k < m; ++k) out[k] = diagonal[k] * x[k];
  for (Index k = 0; k + 1 < m && !beside.empty(); ++k) {
    const double e = beside[k];
    out[k] += e * x[k + 1];
    out[k + 1] += e * x[k];
  }
}

std::vector<double> Tridiagonal::eigenvalues(Monitor& monitor) const {
  auto values = diagonal;
  if (beside.empty()) {
    std::sort(values.begin(), values.end());
    return values;
  }
  auto e = beside;
  if (!lapack::sterf(size(), values.data(), e.data(), monitor)) {
    throw std::runtime_error("the eigenvalues of a tridiagonal matrix did not converge");
  }
  return values;
}

Buffer<double> Tridiagonal::eigenvectors(Monitor& monitor) const {
  const Index m = size();
  Buffer<double> vectors(std::max<Index>(1, m * m));
  auto values = diagonal, e = beside;
  e.resize(diagonal.size());
  if (!lapack::stedc(m, values.data(), e.data(), vectors.data(), m, monitor)) {
    throw std::runtime_error("the eigenvectors of a tridiagonal matrix did not converge");
  }
  return vectors;
}

TridiagonalForm tridiagonalise(Index n, double* a, Index lda, int n_threads, Monitor& monitor) {
  TridiagonalForm form;
  auto& t = form.t;
  t.diagonal.resize(n);
  t.beside.resize(std::max<Index>(0, n - 1));
  std::vector<double> tau(n);
  lapack::sytrd(n, a, lda, t.diagonal.data(), t.beside.data(), tau.data(), monitor);
  const double size = static_cast<double>(n), work = 4.0 / 3.0 * size * size * size;
  Relay relay(monitor);
  TaskCounter parts(2);
  run_team(std::min(2, threads_for(n_threads, work)), [&](TeamMember&) {
    auto own = relay.uncounted();
    for (Index part = 0; parts.next(part);) {
      if (part == 0) lapack::orgtr(n, a, lda, tau.data(), own);
      else form.eigenvalues = t.eigenvalues(own);
    }
  });
  return form;
}

}  // namespace elltwo
