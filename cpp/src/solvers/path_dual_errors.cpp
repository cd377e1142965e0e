#include <algorithm>
#include <vector>

#include "linalg/blas.hpp"
#include "solvers/path_dual.hpp"

namespace elltwo {
namespace {

constexpr Index block_rows = 64;
constexpr Index most_coefficients = Index{1} << 22;  // at a time

}  // namespace

// From the coefficients, some alphas at a time; rows about the training means.
template <Real T>
bool DualPath<T>::squared_errors(std::span<const Index> rows, std::span<const double> weight,
                                 std::span<const double> alphas, double* sse) {
  const auto& problem = this->problem_;
  const Index p = problem.n_features(), n_targets = problem.n_targets();
  const auto n = static_cast<Index>(rows.size());
  const auto n_alphas = static_cast<Index>(alphas.size());
  const Index at_once = std::clamp<Index>(most_coefficients / (p * n_targets), 1, n_alphas);
  std::fill_n(sse, n_alphas * n_targets, 0.0);
  for (Index first = 0; first < n_alphas; first += at_once) {
    const Index count = std::min(at_once, n_alphas - first);
    const Index fits = count * n_targets;
    std::vector<double> coef(static_cast<std::size_t>(fits * p)),
        intercept(static_cast<std::size_t>(fits));
    const auto some =
        alphas.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
    if (!coefficients(some, coef, intercept)) return false;
    const double* mean = problem.centred() ? this->x_mean() : nullptr;
    for (Index f = 0; f < fits && mean != nullptr; ++f) {
      for (Index j = 0; j < p; ++j) {
        intercept[static_cast<std::size_t>(f)] +=
            mean[j] * coef[static_cast<std::size_t>(f * p + j)];
      }
    }
    Buffer<double> x(block_rows * p), fitted(block_rows * fits);
    for (Index k0 = 0; k0 < n; k0 += block_rows) {
      const Index now = std::min(block_rows, n - k0);
      for (Index k = 0; k < now; ++k) {
        const Index i = rows[static_cast<std::size_t>(k0 + k)];
        for (Index j = 0; j < p; ++j) {
          const double shift = mean != nullptr ? mean[j] : 0.0;
          x[k * p + j] = static_cast<double>(problem.data().x(i, j)) - shift;
        }
      }
      blas::gemm(blas::Op::transpose, blas::Op::none, fits, now, p, 1.0, coef.data(), p, x.data(),
                 p, 0.0, fitted.data(), fits);
      for (Index k = 0; k < now; ++k) {
        const auto u = static_cast<std::size_t>(k0 + k);
        for (Index f = 0; f < fits; ++f) {
          const double e = problem.data().y(rows[u], f % n_targets) -
                           intercept[static_cast<std::size_t>(f)] - fitted[k * fits + f];
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
