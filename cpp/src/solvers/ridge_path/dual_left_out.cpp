#include "solvers/ridge_path/dual_left_out.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "linalg/blas.hpp"
#include "parallel/row_blocks.hpp"
#include "solvers/ridge_path/shift_factors.hpp"
#include "solvers/shared/conditioning.hpp"

namespace elltwo {
namespace {

std::vector<double> shifts_of(const DualSpectrum& spectrum, std::span<const double> alphas) {
  std::vector<double> shifts;
  for (const double alpha : alphas) shifts.push_back(spectrum.shift_of(alpha));
  return shifts;
}

/// r_i and 1 - h_i both carry a factor alpha, which cancels: with G = (T + alpha I)^-1 and the rows
/// u_i of U
///   e_i = (u_i^T G z + r_0i g_0) / (u_i^T G u_i - l_i g_f + share_i g_0),
/// where g_0 = 1 / alpha belongs to what lies outside the span of U (r_0, share), which at alpha =
/// 0 decides alone, if there is any, and g_f = 1 / (t_f + alpha) to the unpenalised directions that
/// T has (l_i of row i).
template <Real T>
class DualLeftOut {
 public:
  DualLeftOut(const DualSystem<T>& system, const DualSpectrum& spectrum,
              std::span<const double> alphas)
      : system_(system),
        spectrum_(spectrum),
        alphas_(alphas),
        factors_(spectrum.t, shifts_of(spectrum, alphas)) {
    solve();
  }

  void visit_rows(Index chunk, Index k0, Index rows, const LeftOutVisit& visit) const;

 private:
  Index n_alphas() const { return static_cast<Index>(alphas_.size()); }
  void solve();

  const DualSystem<T>& system_;
  const DualSpectrum& spectrum_;
  std::span<const double> alphas_;
  ShiftFactors factors_;
  Buffer<double> solutions_;  // directions x alphas x targets
};

template <Real T>
void DualLeftOut<T>::solve() {
  const Index n_targets = spectrum_.n_targets(), kept = spectrum_.t.size();
  const auto& z = spectrum_.z;
  solutions_ = Buffer<double>(std::max<Index>(1, kept * n_targets * n_alphas()));
  Buffer<double> w(z.size());
  for (Index a = 0; a < n_alphas(); ++a) {
    const double alpha = alphas_[a];
    // The factor alpha of an infinite one cancels between numerator and denominator.
    if (spectrum_.unit > 0.0 && std::isinf(alpha)) std::copy_n(z.data(), z.size(), w.data());
    else spectrum_.solution(alpha, w.data());
    for (Index t = 0; t < n_targets; ++t) {
      std::copy_n(w.data() + t * kept, kept, solutions_.data() + (t * n_alphas() + a) * kept);
    }
  }
}

template <Real T>
void DualLeftOut<T>::visit_rows(Index chunk, Index k0, Index rows,
                                const LeftOutVisit& visit) const {
  const Index n = spectrum_.n_samples(), n_targets = spectrum_.n_targets();
  const Index kept = spectrum_.t.size(), n_alphas = this->n_alphas();
  const Index fits = n_targets * n_alphas;
  const auto& outside = spectrum_.outside;
  const auto& outside_share = spectrum_.outside_share;
  Buffer<double> u(std::max<Index>(1, kept * rows));
  auto error = Buffer<double>::zeros(rows * fits);
  auto rest = Buffer<double>::zeros(rows * n_alphas);
  for (Index c = 0; c < kept; ++c) {
    for (Index k = 0; k < rows; ++k) u[k * kept + c] = spectrum_.u[c * n + k0 + k];
  }
  if (kept > 0) {
    blas::gemm(blas::Op::transpose, blas::Op::none, fits, rows, kept, 1.0, solutions_.data(), kept,
               u.data(), kept, 0.0, error.data(), fits);
    factors_.inverse_forms(rows, u.data(), kept, rest.data());
  }
  for (Index k = 0; k < rows; ++k) {
    const Index i = k0 + k;
    const double root = system_.features().root_weight(i);
    const double free_leverage = spectrum_.free.leverage(i);
    const double own = spectrum_.free_value > 0.0 ? free_leverage : 0.0;
    const bool determined = root > 0.0 && 1.0 - free_leverage > own_direction;
    for (Index a = 0; a < n_alphas; ++a) {
      const double alpha = alphas_[a];
      const bool whole = spectrum_.unit > 0.0 && std::isinf(alpha);
      const bool bare = spectrum_.unit == 0.0 || alpha == 0.0;  // g_0 is infinite
      const bool alone = bare && outside_share[i] > own_direction;
      const double g0 = bare ? 0.0 : whole ? 1.0 : 1.0 / alpha;
      double& r = rest[k * n_alphas + a];
      if (whole) r = std::pow(norm2(u.data() + k * kept, kept), 2);
      if (own > 0.0) r -= whole ? own : own / (spectrum_.free_value + spectrum_.shift_of(alpha));
      const double share = alone ? outside_share[i] : r + g0 * outside_share[i];
      for (Index t = 0; t < n_targets; ++t) {
        double& e = error[k * fits + t * n_alphas + a];
        const double top = alone ? outside[t * n + i] : e + g0 * outside[t * n + i];
        e = determined && share > 0.0 ? top / share / root
                                      : std::numeric_limits<double>::quiet_NaN();
      }
      r = 1.0 - (bare ? (alone ? outside_share[i] : 0.0) : whole ? share : alpha * share);
    }
  }
  visit({.chunk = chunk, .row = k0, .rows = rows, .error = error.data(), .leverage = rest.data()});
}

}  // namespace

template <Real T>
void dual_leave_one_out(const DualSystem<T>& system, const DualSpectrum& spectrum,
                        std::span<const double> alphas, const LeftOutVisit& visit) {
  const auto& problem = system.problem();
  const Index n = problem.n_samples();
  const DualLeftOut<T> left_out(system, spectrum, alphas);
  const double work = static_cast<double>(n) * (spectrum.t.size() + 1) * (problem.n_targets() + 3) *
                      static_cast<double>(alphas.size());
  over_row_blocks(
      n, work, problem.options().n_threads, problem.monitor(),
      [&](Index chunk, Index k0, Index rows) { left_out.visit_rows(chunk, k0, rows, visit); });
}

template void dual_leave_one_out<double>(const DualSystem<double>&, const DualSpectrum&,
                                         std::span<const double>, const LeftOutVisit&);
template void dual_leave_one_out<float>(const DualSystem<float>&, const DualSpectrum&,
                                        std::span<const double>, const LeftOutVisit&);

}  // namespace elltwo
