#include <algorithm>
#include <cmath>
#include <numeric>

#include "parallel/interruption.hpp"
#include "solvers/logistic_sparse/direction.hpp"
#include "sparse/gram.hpp"

namespace elltwo {

// An entry of the block of outputs s and t, which is symmetric itself, in the lower triangle.
template <Real T>
void SparseNewtonDirection<T>::place(Index s, Index t, Index i, Index j, double value,
                                     Buffer<double>& lower) const {
  const Index k = system_.n_outputs();
  const Index a = place_[i * k + s];
  const Index b = place_[j * k + t];
  if (a < 0 || b < 0) return;
  lower[std::min(a, b) * static_cast<Index>(active_.size()) + std::max(a, b)] = value;
}

// sum h (x - mean, 1) (x - mean, 1)^T with h = w p_s ([s = t] - p_t), of two classes w p (1 - p).
template <Real T>
bool SparseNewtonDirection<T>::fill_block(Index s, Index t, Buffer<double>& lower) {
  const auto& design = system_.design();
  const Index p = design.p();
  const Index k = system_.n_outputs();
  const double* q = system_.terms().curvature();
  const double* h = q;
  if (k > 1) {
    for (Index i = 0; i < design.n(); ++i) {
      const double w = design.weight.data() != nullptr ? design.weight[i] : 1.0;
      weight_[i] = w * q[i * k + s] * (s == t ? 1.0 - q[i * k + t] : -q[i * k + t]);
    }
    h = weight_.data();
  }
  const auto form = [&] { gram_ = sparse_gram(design.x, h, p, n_threads_, system_.monitor()); };
  if (!completed(form)) return false;
  if (!system_.add_rows(h, sums_.data())) return false;
  const double total = std::accumulate(h, h + design.n(), 0.0);
  const auto mean = [&](Index j) { return design.mean[j]; };
  for (Index j = 0; j < p; ++j) {
    for (Index i = j; i < p; ++i) {
      const double value =
          gram_[j * p + i] - mean(i) * (sums_[j] - total * mean(j)) - sums_[i] * mean(j);
      place(s, t, i, j, value, lower);
      if (s != t) place(s, t, j, i, value, lower);
    }
    place(s, t, p, j, sums_[j] - total * mean(j), lower);
    if (s != t) place(s, t, j, p, sums_[j] - total * mean(j), lower);
  }
  place(s, t, p, p, total, lower);
  return true;
}

template <Real T>
bool SparseNewtonDirection<T>::fill(Buffer<double>& lower) {
  const Index k = system_.n_outputs();
  const auto m = static_cast<Index>(active_.size());
  if (k > 1 && weight_.size() == 0) weight_ = Buffer<double>(system_.design().n());
  if (sums_.size() == 0) sums_ = Buffer<double>(system_.design().p());
  for (Index s = 0; s < k; ++s) {
    for (Index t = 0; t <= s; ++t) {
      if (!fill_block(s, t, lower)) return false;
    }
  }
  for (Index a = 0; a < m; ++a) lower[a * m + a] += system_.penalty(active_[a]);
  if (k == 1) return true;
  // A number added to a feature's coefficients of all classes changes the penalty alone. Steps have no such
  // part, and keep none with a multiple of the ones' outer product, but the matrix its condition.
  for (Index j = 0; j <= system_.design().p(); ++j) {
    const Index first = place_[j * k];
    if (first < 0) continue;
    double level = 0.0;
    for (Index t = 0; t < k; ++t) level = std::max(level, lower[(first + t) * (m + 1)]);
    for (Index t = 0; t < k; ++t) {
      for (Index s = t; s < k; ++s) lower[(first + t) * m + first + s] += level;
    }
  }
  return true;
}

template <Real T>
auto SparseNewtonDirection<T>::factor() -> Factor {
  const auto m = static_cast<Index>(active_.size());
  Buffer<double> lower(m * m);
  ++n_hessians_;
  if (!fill(lower)) return Factor::interrupted;
  for (Index a = 0; a < m; ++a) {
    if (!(lower[a * (m + 1)] > 0.0)) return Factor::singular;
  }
  factor_.emplace(m, std::move(lower));
  bool definite = false;
  const auto factor_hessian = [&] { definite = factor_->factor(n_threads_, system_.monitor()); };
  if (!completed(factor_hessian)) return Factor::interrupted;
  return definite ? Factor::done : Factor::singular;
}

template bool SparseNewtonDirection<double>::fill_block(Index, Index, Buffer<double>&);
template bool SparseNewtonDirection<float>::fill_block(Index, Index, Buffer<double>&);
template bool SparseNewtonDirection<double>::fill(Buffer<double>&);
template bool SparseNewtonDirection<float>::fill(Buffer<double>&);
template void SparseNewtonDirection<double>::place(Index, Index, Index, Index, double,
                                                   Buffer<double>&) const;
template void SparseNewtonDirection<float>::place(Index, Index, Index, Index, double,
                                                  Buffer<double>&) const;
template auto SparseNewtonDirection<double>::factor() -> Factor;
template auto SparseNewtonDirection<float>::factor() -> Factor;

}  // namespace elltwo
