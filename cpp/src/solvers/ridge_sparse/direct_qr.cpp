#include <algorithm>
#include <cmath>

#include "linalg/orthogonal.hpp"
#include "linalg/row_triangle.hpp"
#include "solvers/ridge_sparse/direct.hpp"

namespace elltwo {
namespace {

constexpr double affordable_operations = 4e10;

}  // namespace

template <Real T>
bool SparseDirect<T>::orthogonal_affordable() const {
  const auto n = static_cast<double>(std::max(design_.x.rows, design_.x.cols));
  const auto p = static_cast<double>(design_.x.cols);
  return 2.0 * n * p * p <= affordable_operations;
}

// Rows of sqrt(w) [X - x_mean | y - (X - x_mean) b] as dense columns, b being the prior means.
template <Real T>
void SparseDirect<T>::fill_rows(const SparseBlock<T>& block, const Active& active, const double* b,
                                Index k0, Index rows, double* out, Index ld) const {
  const auto& x = design_.x;
  const auto m = static_cast<Index>(active.size());
  std::vector<double> row(x.cols);
  for (Index i = 0; i < rows; ++i) {
    const double root = problem_.sqrt_weight() != nullptr ? problem_.sqrt_weight()[k0 + i] : 1.0;
    if (root == 0.0) {
      for (Index c = 0; c < m + block.k(); ++c) out[c * ld + i] = 0.0;
      continue;
    }
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = -design_.means.x[j];
    for (Index e = x.start[k0 + i]; e < x.start[k0 + i + 1]; ++e)
      row[x.column[e]] += static_cast<double>(x.value[e]);
    for (Index a = 0; a < m; ++a) out[a * ld + i] = root * row[active[a]];
    for (Index t = 0; t < block.k(); ++t) {
      const Index target = block.targets()[t].target;
      double r = design_.y[(k0 + i) * problem_.n_targets() + target];
      for (std::size_t j = 0; j < row.size(); ++j)
        r -= row[j] * b[static_cast<Index>(j) * block.k() + t];
      out[(m + t) * ld + i] = root * r;
    }
  }
}

template <Real T>
Buffer<double> SparseDirect<T>::triangle(const SparseBlock<T>& block, const Active& active,
                                         const double* b) const {
  const auto fill = [&](Index k0, Index rows, double* out, Index ld) {
    fill_rows(block, active, b, k0, rows, out, ld);
  };
  return row_triangle(design_.x.rows, static_cast<Index>(active.size()), block.k(), fill,
                      problem_.options().n_threads, problem_.monitor());
}

// The rows sqrt(A) and sqrt(kappa) x_mean^T folded in beneath; what they aim at is zero and the
// mean residual, since b is at the prior means.
template <Real T>
Buffer<double> SparseDirect<T>::penalised_triangle(const SparseBlock<T>& block,
                                                   const Active& active, const double* b,
                                                   const Buffer<double>& top) const {
  const auto m = static_cast<Index>(active.size());
  const Index ld = 2 * m + 1;
  const double kappa = block.kappa(0);
  auto stack = Buffer<double>::zeros(ld * (m + block.k()));
  for (Index c = 0; c < m + block.k(); ++c)
    std::copy_n(top.data() + c * m, std::min(c + 1, m), stack.data() + c * ld);
  bool penalised = kappa > 0.0;
  for (Index a = 0; a < m; ++a) {
    const Index j = active[a];
    const double penalty = problem_.penalty(j, block.targets()[0].alpha);
    penalised = penalised || penalty > 0.0;
    stack[a * ld + m + a] = std::sqrt(penalty);
    stack[a * ld + 2 * m] = std::sqrt(kappa) * design_.means.x[j];
  }
  for (Index t = 0; t < block.k(); ++t) {
    double mean = design_.means.y[block.targets()[t].target];
    for (Index j = 0; j < design_.x.cols; ++j) mean -= design_.means.x[j] * b[j * block.k() + t];
    stack[(m + t) * ld + 2 * m] = std::sqrt(kappa) * mean;
  }
  if (penalised) fold_rows(m, m + 1, block.k(), stack.data(), ld);
  return stack;
}

template <Real T>
void SparseDirect<T>::by_orthogonal(const SparseBlock<T>& block, double* b, SolveInfo& info) const {
  const Active active = active_features(block);
  const auto m = static_cast<Index>(active.size());
  const Index ld = 2 * m + 1;
  const auto top = triangle(block, active, b);
  auto stack = penalised_triangle(block, active, b, top);
  double* c = stack.data() + m * ld;
  std::vector<double> units;
  for (const Index j : active) units.push_back(problem_.x_scale(j));
  const bool force_svd = problem_.options().solver == SolverChoice::svd;
  const auto fit = solve_triangle(m, stack.data(), ld, design_.x.rows, force_svd, units.data(), c,
                                  block.k(), ld);
  for (Index a = 0; a < m; ++a) {
    const Index j = active[a];
    for (Index t = 0; t < block.k(); ++t) b[j * block.k() + t] += c[t * ld + a];
  }
  info.solver = fit.used_svd ? Solver::svd : Solver::qr;
  info.rcond = fit.rcond;
  info.rank = fit.rank;
  info.n_iter = 0;
  Buffer<double> g(block.size());
  block.gradient(b, g.data());
  info.optimality = block.optimality(b, g.data());
}

template bool SparseDirect<double>::orthogonal_affordable() const;
template bool SparseDirect<float>::orthogonal_affordable() const;
template void SparseDirect<double>::by_orthogonal(const SparseBlock<double>&, double*,
                                                  SolveInfo&) const;
template void SparseDirect<float>::by_orthogonal(const SparseBlock<float>&, double*,
                                                 SolveInfo&) const;

}  // namespace elltwo
