#include <algorithm>
#include <cmath>
#include <limits>

#include "linalg/blas.hpp"
#include "solvers/path_dual.hpp"
#include "solvers/row_blocks.hpp"

namespace elltwo {
namespace {

// Of what unpenalised features, or alpha = 0, leave of a row: below, it is rounding.
constexpr double own_direction = 1e-8;

}  // namespace

// r_i and 1 - h_i both carry a factor alpha, which cancels:
//   e_i = (sum_k u_ik z_k g_k + r_0i g_0) / (sum_k u_ik^2 g_k + share_i g_0),   g_k = 1 / (s_k + alpha),
// and what no direction holds (r_0, share) has s = 0. At alpha = 0 it decides alone, if there is any.
template <Real T>
bool DualPath<T>::leave_one_out(std::span<const double> alphas, const LeftOutVisit& visit) {
  const auto& problem = this->problem_;
  const Index n = problem.n_samples(), n_targets = problem.n_targets();
  const auto kept = static_cast<Index>(s_.size());
  const auto n_alphas = static_cast<Index>(alphas.size());
  const Index fits = n_targets * n_alphas;
  Buffer<double> gains(std::max<Index>(1, kept * n_alphas)),
      solutions(std::max<Index>(1, kept * fits));
  std::vector<double> null_gain;
  for (const double alpha : alphas) {
    null_gain.push_back(unit_ == 0.0 || alpha == 0.0 ? infinity
                        : std::isinf(alpha)          ? 1.0
                                                     : 1.0 / alpha);
  }
  for (Index k = 0; k < kept; ++k) {
    for (Index a = 0; a < n_alphas; ++a) {
      const double alpha = alphas[static_cast<std::size_t>(a)];
      const double s = s_[static_cast<std::size_t>(k)];
      const double g = unit_ == 0.0 ? 1.0 / s : std::isinf(alpha) ? 1.0 : 1.0 / (s + alpha);
      gains[k * n_alphas + a] = g;
      for (Index t = 0; t < n_targets; ++t) {
        solutions[(k * n_targets + t) * n_alphas + a] = g * z_[t * kept + k];
      }
    }
  }
  const auto rows_of = [&](Index chunk, Index k0, Index rows) {
    Buffer<double> u(std::max<Index>(1, kept * rows));
    auto error = Buffer<double>::zeros(rows * fits);
    auto rest = Buffer<double>::zeros(rows * n_alphas);
    for (Index k = 0; k < rows; ++k) {
      for (Index c = 0; c < kept; ++c) u[k * kept + c] = u_[c * n + k0 + k];
    }
    if (kept > 0) {
      blas::gemm(blas::Op::none, blas::Op::none, fits, rows, kept, 1.0, solutions.data(), fits,
                 u.data(), kept, 0.0, error.data(), fits);
      for (double& value : u) value *= value;
      blas::gemm(blas::Op::none, blas::Op::none, n_alphas, rows, kept, 1.0, gains.data(), n_alphas,
                 u.data(), kept, 0.0, rest.data(), n_alphas);
    }
    for (Index k = 0; k < rows; ++k) {
      const Index i = k0 + k;
      const double root = this->root_weight(i);
      const bool beyond_free = 1.0 - free_->leverage(i) > own_direction;
      for (Index a = 0; a < n_alphas; ++a) {
        const double g0 = null_gain[static_cast<std::size_t>(a)];
        const double alpha = alphas[static_cast<std::size_t>(a)];
        const bool alone = std::isinf(g0) && null_share_[i] > own_direction;
        double& r = rest[k * n_alphas + a];
        const double share =
            alone ? null_share_[i] : r + (std::isinf(g0) ? 0.0 : g0 * null_share_[i]);
        for (Index t = 0; t < n_targets; ++t) {
          double& e = error[k * fits + t * n_alphas + a];
          const double null = null_[t * n + i];
          const double top = alone ? null : e + (std::isinf(g0) ? 0.0 : g0 * null);
          e = beyond_free && share > 0.0 && root > 0.0 ? top / share / root
                                                       : std::numeric_limits<double>::quiet_NaN();
        }
        const double left = std::isinf(g0)      ? (alone ? null_share_[i] : 0.0)
                            : std::isinf(alpha) ? share
                                                : alpha * share;
        r = 1.0 - left;
      }
    }
    visit(
        {.chunk = chunk, .row = k0, .rows = rows, .error = error.data(), .leverage = rest.data()});
  };
  const double work = static_cast<double>(n) * (kept + 1) * (fits + n_alphas);
  return over_row_blocks(n, work, problem.options().n_threads, this->problem_.monitor(), rows_of);
}

template bool DualPath<double>::leave_one_out(std::span<const double>, const LeftOutVisit&);
template bool DualPath<float>::leave_one_out(std::span<const double>, const LeftOutVisit&);

}  // namespace elltwo
