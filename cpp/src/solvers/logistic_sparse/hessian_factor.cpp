#include "solvers/logistic_sparse/hessian_factor.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "solvers/shared/conditioning.hpp"
#include "sparse/gram.hpp"

namespace elltwo {

template <Real T>
void SparseHessianFactor<T>::update_active() {
  std::vector<Index> active;
  for (Index e = 0; e < system_.size(); ++e) {
    if (system_.moves(e)) active.push_back(e);
  }
  if (active == active_) return;
  active_ = std::move(active);
  position_.assign(system_.size(), -1);
  for (std::size_t a = 0; a < active_.size(); ++a) position_[active_[a]] = static_cast<Index>(a);
  factor_.reset();
}

// Sets the entry of coefficients e and f in the lower triangle, if both are fitted.
template <Real T>
void SparseHessianFactor<T>::set_entry(Index e, Index f, double value,
                                       Buffer<double>& lower) const {
  const Index a = position_[e];
  const Index b = position_[f];
  if (a < 0 || b < 0) return;
  lower[std::min(a, b) * static_cast<Index>(active_.size()) + std::max(a, b)] = value;
}

template <Real T>
void SparseHessianFactor<T>::fill_block(Index s, Index t, Buffer<double>& lower) {
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
  const auto gram = sparse_gram(design.x, h, p, n_threads_, system_.monitor());
  system_.weighted_column_sums(h, sums_.data());
  const double total = std::accumulate(h, h + design.n(), 0.0);
  const auto mean = [&](Index j) { return design.mean[j]; };
  // The block is symmetric: below the diagonal it stands for (i, j) and (j, i).
  const auto set = [&](Index i, Index j, double value) {
    set_entry(i * k + s, j * k + t, value, lower);
    if (s != t && i != j) set_entry(j * k + s, i * k + t, value, lower);
  };
  for (Index j = 0; j < p; ++j) {
    for (Index i = j; i < p; ++i) {
      set(i, j, gram[j * p + i] - mean(i) * (sums_[j] - total * mean(j)) - sums_[i] * mean(j));
    }
    set(p, j, sums_[j] - total * mean(j));
  }
  set(p, p, total);
}

// A number added to a feature's coefficients of all classes changes the penalty alone, and no
// direction has such a part. Adding a multiple of the ones' outer product leaves directions as they
// are and improves the condition.
template <Real T>
void SparseHessianFactor<T>::add_common_curvature(Buffer<double>& lower) const {
  const Index k = system_.n_outputs();
  const auto m = static_cast<Index>(active_.size());
  for (Index j = 0; j <= system_.design().p(); ++j) {
    const Index first = position_[j * k];
    if (first < 0) continue;
    double largest = 0.0;
    for (Index t = 0; t < k; ++t) largest = std::max(largest, lower[(first + t) * (m + 1)]);
    for (Index t = 0; t < k; ++t) {
      for (Index s = t; s < k; ++s) lower[(first + t) * m + first + s] += largest;
    }
  }
}

template <Real T>
void SparseHessianFactor<T>::fill(Buffer<double>& lower) {
  const Index k = system_.n_outputs();
  const auto m = static_cast<Index>(active_.size());
  if (k > 1 && weight_.size() == 0) weight_ = Buffer<double>(system_.design().n());
  if (sums_.size() == 0) sums_ = Buffer<double>(system_.design().p());
  for (Index s = 0; s < k; ++s) {
    for (Index t = 0; t <= s; ++t) fill_block(s, t, lower);
  }
  for (Index a = 0; a < m; ++a) lower[a * m + a] += system_.penalty(active_[a]);
  if (k > 1) add_common_curvature(lower);
}

template <Real T>
bool SparseHessianFactor<T>::factor() {
  const auto m = static_cast<Index>(active_.size());
  factor_.reset();
  Buffer<double> lower(m * m);
  ++n_formed_;
  fill(lower);
  for (Index a = 0; a < m; ++a) {
    if (!(lower[a * (m + 1)] > 0.0)) return false;
  }
  factor_.emplace(m, std::move(lower));
  if (factor_->factor(n_threads_, system_.monitor()) && factor_->rcond() > rcond_singular) {
    return true;
  }
  factor_.reset();
  return false;
}

template <Real T>
void SparseHessianFactor<T>::solve(const double* r, double* z) {
  const auto m = static_cast<Index>(active_.size());
  if (rhs_.size() == 0) rhs_ = Buffer<double>(system_.size());
  for (Index a = 0; a < m; ++a) rhs_[a] = r[active_[a]];
  factor_->solve(rhs_.data(), 1, m, n_threads_);
  std::fill_n(z, system_.size(), 0.0);
  for (Index a = 0; a < m; ++a) z[active_[a]] = rhs_[a];
}

template class SparseHessianFactor<double>;
template class SparseHessianFactor<float>;

}  // namespace elltwo
