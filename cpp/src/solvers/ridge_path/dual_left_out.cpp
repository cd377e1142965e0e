#include <algorithm>
#include <cmath>
#include <limits>

#include "linalg/blas.hpp"
#include "parallel/interruption.hpp"
#include "parallel/row_blocks.hpp"
#include "solvers/ridge_path/dual.hpp"
#include "solvers/shared/conditioning.hpp"

namespace elltwo {

// r_i and 1 - h_i both carry a factor alpha, which cancels: with G = (T + alpha I)^-1 and the rows u_i of U
//   e_i = (u_i^T G z + r_0i g_0) / (u_i^T G u_i - l_i g_f + share_i g_0),
// where g_0 = 1 / alpha belongs to what no direction holds (r_0, share), which at alpha = 0 decides alone,
// if there is any, and g_f = 1 / (t_f + alpha) to the unpenalised directions that T has (l_i of row i).
template <Real T>
void DualPath<T>::left_out_rows(Index chunk, Index k0, Index rows, std::span<const double> alphas,
                                const ShiftFactors& factors, const Buffer<double>& solutions,
                                const LeftOutVisit& visit) const {
  const Index n = this->problem_.n_samples(), n_targets = this->problem_.n_targets();
  const Index kept = t_.size();
  const auto n_alphas = static_cast<Index>(alphas.size());
  const Index fits = n_targets * n_alphas;
  Buffer<double> u(std::max<Index>(1, kept * rows));
  auto error = Buffer<double>::zeros(rows * fits);
  auto rest = Buffer<double>::zeros(rows * n_alphas);
  for (Index c = 0; c < kept; ++c) {
    for (Index k = 0; k < rows; ++k) u[k * kept + c] = u_[c * n + k0 + k];
  }
  if (kept > 0) {
    blas::gemm(blas::Op::transpose, blas::Op::none, fits, rows, kept, 1.0, solutions.data(), kept,
               u.data(), kept, 0.0, error.data(), fits);
    factors.inverse_forms(rows, u.data(), kept, rest.data());
  }
  for (Index k = 0; k < rows; ++k) {
    const Index i = k0 + k;
    const double root = this->root_weight(i);
    const double free_leverage = free_->leverage(i);
    const double own = free_value_ > 0.0 ? free_leverage : 0.0;
    const bool settled = root > 0.0 && 1.0 - free_leverage > own_direction;
    for (Index a = 0; a < n_alphas; ++a) {
      const double alpha = alphas[a];
      const bool whole = unit_ > 0.0 && std::isinf(alpha);
      const bool bare = unit_ == 0.0 || alpha == 0.0;  // g_0 is infinite
      const bool alone = bare && null_share_[i] > own_direction;
      const double g0 = bare ? 0.0 : whole ? 1.0 : 1.0 / alpha;
      double& r = rest[k * n_alphas + a];
      if (whole) r = std::pow(norm2(u.data() + k * kept, kept), 2);
      if (own > 0.0) r -= whole ? own : own / (free_value_ + shift_of(alpha));
      const double share = alone ? null_share_[i] : r + g0 * null_share_[i];
      for (Index t = 0; t < n_targets; ++t) {
        double& e = error[k * fits + t * n_alphas + a];
        const double top = alone ? null_[t * n + i] : e + g0 * null_[t * n + i];
        e = settled && share > 0.0 ? top / share / root : std::numeric_limits<double>::quiet_NaN();
      }
      r = 1.0 - (bare ? (alone ? null_share_[i] : 0.0) : whole ? share : alpha * share);
    }
  }
  visit({.chunk = chunk, .row = k0, .rows = rows, .error = error.data(), .leverage = rest.data()});
}

template <Real T>
bool DualPath<T>::leave_one_out(std::span<const double> alphas, const LeftOutVisit& visit) {
  const Index n = this->problem_.n_samples(), n_targets = this->problem_.n_targets();
  const Index kept = t_.size();
  const auto n_alphas = static_cast<Index>(alphas.size());
  std::vector<double> shifts;
  for (const double alpha : alphas) shifts.push_back(shift_of(alpha));
  const ShiftFactors factors(t_, shifts);
  Buffer<double> solutions(std::max<Index>(1, kept * n_targets * n_alphas)), w(z_.size());
  for (Index a = 0; a < n_alphas; ++a) {
    const double alpha = alphas[a];
    // The factor alpha of an infinite one is taken out of numerator and denominator alike.
    if (unit_ > 0.0 && std::isinf(alpha)) std::copy_n(z_.data(), z_.size(), w.data());
    else solution(alpha, w.data());
    for (Index t = 0; t < n_targets; ++t) {
      std::copy_n(w.data() + t * kept, kept, solutions.data() + (t * n_alphas + a) * kept);
    }
  }
  const double work = static_cast<double>(n) * (kept + 1) * (n_targets + 3) * n_alphas;
  return completed([&] {
    over_row_blocks(n, work, this->problem_.options().n_threads, this->problem_.monitor(),
                    [&](Index chunk, Index k0, Index rows) {
                      left_out_rows(chunk, k0, rows, alphas, factors, solutions, visit);
                    });
  });
}

template bool DualPath<double>::leave_one_out(std::span<const double>, const LeftOutVisit&);
template bool DualPath<float>::leave_one_out(std::span<const double>, const LeftOutVisit&);

}  // namespace elltwo
