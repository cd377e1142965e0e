#include <algorithm>
#include <cmath>
#include <limits>

#include "linalg/blas.hpp"
#include "parallel/interruption.hpp"
#include "parallel/row_blocks.hpp"
#include "solvers/ridge_path/primal.hpp"
#include "solvers/shared/conditioning.hpp"

namespace elltwo {

// With rows as columns: A = basis^T Z, fitted = solutions A, h = w (1/W + a^T (T + alpha)^-1 a).
template <Real T>
void PrimalPath<T>::left_out_rows(Index chunk, Index k0, Index rows, const ShiftFactors& factors,
                                  const RowProducts<T>& to_directions,
                                  const Buffer<double>& solutions,
                                  const LeftOutVisit& visit) const {
  const Index n_targets = problem_.n_targets(), all = spectrum_.directions();
  const Index n_alphas = factors.count();
  const Index fits = n_targets * n_alphas;
  Buffer<double> a(std::max<Index>(1, rows * all)), targets(rows * n_targets);
  auto fitted = Buffer<double>::zeros(rows * fits);
  auto leverage = Buffer<double>::zeros(rows * n_alphas);
  to_directions(k0, rows, a.data(), targets.data());
  if (all > 0) {
    blas::gemm(blas::Op::transpose, blas::Op::none, fits, rows, all, 1.0, solutions.data(), all,
               a.data(), all, 0.0, fitted.data(), fits);
    factors.inverse_forms(rows, a.data() + spectrum_.rank_free, all, leverage.data());
  }
  for (Index k = 0; k < rows; ++k) {
    const double w = std::pow(design_->root_weight(k0 + k), 2);
    double* h = leverage.data() + k * n_alphas;
    double unpenalised = design_->mean_leverage();
    for (Index d = 0; d < spectrum_.rank_free; ++d) unpenalised += std::pow(a[k * all + d], 2);
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

template <Real T>
bool PrimalPath<T>::leave_one_out(std::span<const double> alphas, const LeftOutVisit& visit) {
  const Index n = problem_.n_samples(), n_targets = problem_.n_targets();
  const Index all = spectrum_.directions();
  const auto n_alphas = static_cast<Index>(alphas.size());
  const ShiftFactors factors(spectrum_.penalised, alphas);
  Buffer<double> solutions(std::max<Index>(1, n_targets * n_alphas * all)), z(n_targets * all);
  for (Index i = 0; i < n_alphas; ++i) {
    spectrum_.solution(alphas[i], 0, n_targets, z.data());
    for (Index t = 0; t < n_targets; ++t) {
      std::copy_n(z.data() + t * all, all, solutions.data() + (t * n_alphas + i) * all);
    }
  }
  const RowProducts<T> to_directions(*design_, spectrum_.basis.data(), all);
  const double work =
      static_cast<double>(n) *
      (to_directions.operations_per_row() + static_cast<double>((all + 1) * n_alphas * n_targets));
  return completed([&] {
    over_row_blocks(n, work, problem_.options().n_threads, problem_.monitor(),
                    [&](Index chunk, Index k0, Index rows) {
                      left_out_rows(chunk, k0, rows, factors, to_directions, solutions, visit);
                    });
  });
}

template bool PrimalPath<double>::leave_one_out(std::span<const double>, const LeftOutVisit&);
template bool PrimalPath<float>::leave_one_out(std::span<const double>, const LeftOutVisit&);

}  // namespace elltwo
