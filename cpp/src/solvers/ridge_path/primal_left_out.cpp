#include "solvers/ridge_path/primal_left_out.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "linalg/blas.hpp"
#include "parallel/row_blocks.hpp"
#include "solvers/ridge_path/row_products.hpp"
#include "solvers/ridge_path/shift_factors.hpp"
#include "solvers/shared/conditioning.hpp"

namespace elltwo {
namespace {

/// With rows as columns: A = basis^T Z, fitted = solutions A, h = w (1/W + a^T (T + alpha)^-1 a).
template <Real T>
class PrimalLeftOut {
 public:
  PrimalLeftOut(const PathDesign<T>& design, const Spectrum& spectrum,
                std::span<const double> alphas)
      : design_(design),
        spectrum_(spectrum),
        factors_(spectrum.penalised, alphas),
        to_directions_(design, spectrum.basis.data(), spectrum.directions()) {
    solve(alphas);
  }

  double operations_per_row() const {
    const Index n_targets = design_.problem().n_targets(), all = spectrum_.directions();
    return to_directions_.operations_per_row() +
           static_cast<double>((all + 1) * factors_.count() * n_targets);
  }

  void visit_rows(Index chunk, Index k0, Index rows, const LeftOutVisit& visit) const;

 private:
  void solve(std::span<const double> alphas);

  const PathDesign<T>& design_;
  const Spectrum& spectrum_;
  ShiftFactors factors_;
  RowProducts<T> to_directions_;
  Buffer<double> solutions_;  // directions x alphas x targets
};

template <Real T>
void PrimalLeftOut<T>::solve(std::span<const double> alphas) {
  const Index n_targets = design_.problem().n_targets(), all = spectrum_.directions();
  const auto n_alphas = static_cast<Index>(alphas.size());
  solutions_ = Buffer<double>(std::max<Index>(1, n_targets * n_alphas * all));
  Buffer<double> z(n_targets * all);
  for (Index i = 0; i < n_alphas; ++i) {
    spectrum_.solution(alphas[i], 0, n_targets, z.data());
    for (Index t = 0; t < n_targets; ++t) {
      std::copy_n(z.data() + t * all, all, solutions_.data() + (t * n_alphas + i) * all);
    }
  }
}

template <Real T>
void PrimalLeftOut<T>::visit_rows(Index chunk, Index k0, Index rows,
                                  const LeftOutVisit& visit) const {
  const Index n_targets = design_.problem().n_targets(), all = spectrum_.directions();
  const Index n_alphas = factors_.count();
  const Index fits = n_targets * n_alphas;
  const Index lda = to_directions_.stride();
  Buffer<double> a(std::max<Index>(1, rows * lda)), targets(rows * n_targets);
  auto fitted = Buffer<double>::zeros(rows * fits);
  auto leverage = Buffer<double>::zeros(rows * n_alphas);
  to_directions_(k0, rows, a.data(), targets.data());
  if (all > 0) {
    blas::gemm(blas::Op::transpose, blas::Op::none, fits, rows, all, 1.0, solutions_.data(), all,
               a.data(), lda, 0.0, fitted.data(), fits);
    factors_.inverse_forms(rows, a.data() + spectrum_.rank_free, lda, leverage.data());
  }
  for (Index k = 0; k < rows; ++k) {
    const double w = std::pow(design_.root_weight(k0 + k), 2);
    double* h = leverage.data() + k * n_alphas;
    double unpenalised = design_.mean_leverage();
    for (Index d = 0; d < spectrum_.rank_free; ++d) unpenalised += std::pow(a[k * lda + d], 2);
    for (Index i = 0; i < n_alphas; ++i) h[i] = w * (unpenalised + h[i]);
    for (Index t = 0; t < n_targets; ++t) {
      double* e = fitted.data() + k * fits + t * n_alphas;
      const double y = targets[k * n_targets + t];
      for (Index i = 0; i < n_alphas; ++i) {
        e[i] = 1.0 - h[i] > own_direction ? (y - e[i]) / (1.0 - h[i])
                                          : std::numeric_limits<double>::quiet_NaN();
      }
    }
  }
  visit({.chunk = chunk,
         .row = k0,
         .rows = rows,
         .error = fitted.data(),
         .leverage = leverage.data()});
}

}  // namespace

template <Real T>
void primal_leave_one_out(const PathDesign<T>& design, const Spectrum& spectrum,
                          std::span<const double> alphas, const LeftOutVisit& visit) {
  const auto& problem = design.problem();
  const PrimalLeftOut<T> left_out(design, spectrum, alphas);
  const Index n = problem.n_samples();
  const double work = static_cast<double>(n) * left_out.operations_per_row();
  over_row_blocks(
      n, work, problem.options().n_threads, problem.monitor(),
      [&](Index chunk, Index k0, Index rows) { left_out.visit_rows(chunk, k0, rows, visit); });
}

template void primal_leave_one_out<double>(const PathDesign<double>&, const Spectrum&,
                                           std::span<const double>, const LeftOutVisit&);
template void primal_leave_one_out<float>(const PathDesign<float>&, const Spectrum&,
                                          std::span<const double>, const LeftOutVisit&);

}  // namespace elltwo
