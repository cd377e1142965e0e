#include "solvers/ridge/tall_qr.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/row_triangle.hpp"
#include "solvers/ridge/nearest.hpp"

namespace elltwo {

template <Real T>
TallQr<T>::TallQr(const Problem<T>& problem, const ScaledMoments& moments, const Means& means,
                  std::vector<Index> active)
    : problem_(problem), moments_(moments), means_(means), active_(std::move(active)) {
  for (Index j = 0; j < problem.n_features(); ++j) {
    if (!std::binary_search(active_.begin(), active_.end(), j)) pinned_.push_back(j);
  }
  factor();
}

// Subtracts from target t what feature j, which stays at its prior mean, explains of it.
template <Real T>
void TallQr<T>::subtract_pinned(Index k0, Index rows, Index t, Index j, double* column) const {
  const double b = problem_.prior(t, j);
  if (b == 0.0) return;
  const double scale = problem_.x_scale(j);
  const double mean = means_.x[j];
  for (Index k = 0; k < rows; ++k) {
    const double x = scale * static_cast<double>(problem_.data().x(k0 + k, j)) - mean;
    const double w = problem_.sqrt_weight() != nullptr ? problem_.sqrt_weight()[k0 + k] : 1.0;
    column[k] -= w * x * b;
  }
}

template <Real T>
void TallQr<T>::fill_rows(Index k0, Index rows, double* out, Index ld) const {
  const auto* weight = problem_.sqrt_weight();
  for (Index a = 0; a < p(); ++a) {
    const Index j = active_[a];
    const double scale = problem_.x_scale(j);
    const double shift = means_.x[j] / scale;
    double* column = out + a * ld;
    for (Index k = 0; k < rows; ++k) {
      const double x = scale * (static_cast<double>(problem_.data().x(k0 + k, j)) - shift);
      column[k] = weight != nullptr ? weight[k0 + k] * x : x;
    }
  }
  for (Index t = 0; t < problem_.n_targets(); ++t) {
    double* column = out + (p() + t) * ld;
    const double mean = means_.y[t];
    for (Index k = 0; k < rows; ++k) column[k] = problem_.weighted_target(k0 + k, t, mean);
    for (const Index j : pinned_) subtract_pinned(k0, rows, t, j, column);
  }
}

template <Real T>
void TallQr<T>::fill_root_rows(const RootRows& roots, Index k0, Index rows, double* out,
                               Index ld) const {
  for (Index k = 0; k < rows; ++k) {
    const double* row = roots.row(k0 + k);
    for (Index a = 0; a < p(); ++a) out[a * ld + k] = row[active_[a]];
    for (Index t = 0; t < problem_.n_targets(); ++t) {
      double value = row[problem_.n_features() + t];
      for (const Index j : pinned_) value -= row[j] * problem_.prior(t, j);
      out[(p() + t) * ld + k] = value;
    }
  }
}

template <Real T>
void TallQr<T>::factor() {
  RootRows roots;
  n_rows_ = problem_.n_samples();
  if (!problem_.has_rows()) {
    roots = root_rows(moments_, moments_.noise, problem_.monitor());
    n_rows_ = roots.rows;
  }
  const auto fill = [&](Index k0, Index rows, double* out, Index ld) {
    if (problem_.has_rows()) fill_rows(k0, rows, out, ld);
    else fill_root_rows(roots, k0, rows, out, ld);
  };
  top_ = row_triangle(n_rows_, p(), problem_.n_targets(), fill, problem_.options().n_threads,
                      problem_.monitor());
}

template <Real T>
TriangularFit TallQr<T>::solve(const TargetGroup& group, double kappa, bool force_svd,
                               double* coef) const {
  const Index m = p();
  const auto t = static_cast<Index>(group.targets.size());
  const Index ld = 2 * m + 1;
  auto stack = Buffer<double>::zeros(ld * (m + t));
  for (Index c = 0; c < m; ++c) std::copy_n(top_.data() + c * m, c + 1, stack.data() + c * ld);
  bool penalised = kappa > 0.0;
  for (Index a = 0; a < m; ++a) {
    const Index j = active_[a];
    const double penalty = problem_.penalty(j, group.alpha);
    penalised |= penalty > 0.0;
    stack[a * ld + m + a] = std::sqrt(penalty);
    stack[a * ld + 2 * m] = std::sqrt(kappa) * means_.x[j];
  }
  std::vector<double> levels;
  for (Index u = 0; u < t; ++u) {
    const Index target = group.targets[u];
    const double* b = coef + u * problem_.n_features();
    double* c = stack.data() + (m + u) * ld;
    std::copy_n(top_.data() + (m + target) * m, m, c);
    double mean = means_.y[target];
    for (Index j = 0; j < problem_.n_features(); ++j) mean -= means_.x[j] * b[j];
    c[2 * m] = std::sqrt(kappa) * mean;
    levels.push_back(mean);
    for (Index a = 0; a < m; ++a) {
      const double prior = b[active_[a]];
      for (Index i = 0; i <= a; ++i) c[i] -= stack[a * ld + i] * prior;
    }
  }
  if (penalised) fold_rows(m, m + 1, t, stack.data(), ld, problem_.monitor());
  double* c = stack.data() + m * ld;
  const auto norm = nearest_norm(problem_, means_, active_, group.alpha, std::move(levels));
  const auto fit =
      solve_triangle(m, stack.data(), ld, n_rows_, force_svd, norm, c, t, ld, problem_.monitor());
  for (Index u = 0; u < t; ++u) {
    for (Index a = 0; a < m; ++a) {
      coef[u * problem_.n_features() + active_[a]] += c[u * ld + a];
    }
  }
  return fit;
}

template class TallQr<double>;
template class TallQr<float>;

}  // namespace elltwo
