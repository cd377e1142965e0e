#include "solvers/sparse_block.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo {

template <Real T>
SparseBlock<T>::SparseBlock(const Problem<T>& problem, const SparseDesign<T>& design,
                            SparsePass<T>& pass, std::vector<PenalisedTarget> targets)
    : problem_(problem), design_(design), pass_(pass), targets_(std::move(targets)) {
  penalty_ = Buffer<double>(size());
  inverse_size_ = Buffer<double>::zeros(size());
  for (Index t = 0; t < k(); ++t) set_up_target(t);
}

template <Real T>
void SparseBlock<T>::set_up_target(Index t) {
  const double alpha = targets_[static_cast<std::size_t>(t)].alpha;
  const double own = problem_.intercept_penalty(alpha);
  double kappa = 0.0;
  if (problem_.centred() && own > 0.0)
    kappa = std::isinf(own) ? design_.total : design_.total * (own / (design_.total + own));
  kappa_.push_back(kappa);
  for (Index j = 0; j < design_.x.cols; ++j) {
    const double mean = design_.x_mean[static_cast<std::size_t>(j)];
    const double a = problem_.penalty(j, alpha);
    penalty_[j * k() + t] = std::isinf(a) ? 0.0 : a;
    const double square = design_.x_spread[static_cast<std::size_t>(j)] + kappa * mean * mean + a;
    if (!std::isinf(a) && square > 0.0) inverse_size_[j * k() + t] = 1.0 / std::sqrt(square);
  }
}

template <Real T>
Buffer<double> SparseBlock<T>::dot_means(const double* v) const {
  auto dots = Buffer<double>::zeros(k());
  if (!problem_.centred()) return dots;
  for (Index j = 0; j < design_.x.cols; ++j) {
    const double mean = design_.x_mean[static_cast<std::size_t>(j)];
    for (Index t = 0; t < k(); ++t) dots[t] += mean * v[j * k() + t];
  }
  return dots;
}

template <Real T>
bool SparseBlock<T>::gradient(const double* b, double* g) const {
  const bool nothing = std::all_of(b, b + size(), [](double v) { return v == 0.0; });
  const auto centre = dot_means(b);
  const Index n_targets = problem_.n_targets();
  const auto to_residual = [&](Index row0, Index n_rows, double* f) {
    for (Index i = 0; i < n_rows; ++i) {
      const double w = design_.weight.data() != nullptr ? design_.weight[row0 + i] : 1.0;
      const double* y = design_.y.data() + (row0 + i) * n_targets;
      for (Index t = 0; t < k(); ++t) {
        double& r = f[i * k() + t];
        const double target = y[targets_[static_cast<std::size_t>(t)].target];
        r = w > 0.0 ? w * (target - (r - centre[t])) : 0.0;
      }
    }
  };
  Buffer<double> sums(k());
  if (!pass_.run(k(), nothing ? nullptr : b, to_residual, problem_.monitor(), g, sums.data()))
    return false;
  for (Index j = 0; j < design_.x.cols; ++j) {
    const double mean = design_.x_mean[static_cast<std::size_t>(j)];
    for (Index t = 0; t < k(); ++t) {
      const Index e = j * k() + t;
      const Index target = targets_[static_cast<std::size_t>(t)].target;
      const double pull = design_.y_mean[static_cast<std::size_t>(target)] - centre[t];
      g[e] += mean * (kappa(t) * pull - sums[t]);
      if (penalty_[e] > 0.0) g[e] -= penalty_[e] * (b[e] - problem_.prior(target, j));
      if (inverse_size_[e] == 0.0) g[e] = 0.0;
    }
  }
  return true;
}

template <Real T>
bool SparseBlock<T>::apply(const double* v, double* q) const {
  const auto centre = dot_means(v);
  const auto to_weighted = [&](Index row0, Index n_rows, double* f) {
    for (Index i = 0; i < n_rows; ++i) {
      const double w = design_.weight.data() != nullptr ? design_.weight[row0 + i] : 1.0;
      for (Index t = 0; t < k(); ++t)
        f[i * k() + t] = w > 0.0 ? w * (f[i * k() + t] - centre[t]) : 0.0;
    }
  };
  Buffer<double> sums(k());
  if (!pass_.run(k(), v, to_weighted, problem_.monitor(), q, sums.data())) return false;
  for (Index t = 0; t < k(); ++t) sums[t] -= kappa(t) * centre[t];
  for (Index j = 0; j < design_.x.cols; ++j) {
    const double mean = design_.x_mean[static_cast<std::size_t>(j)];
    for (Index t = 0; t < k(); ++t) {
      const Index e = j * k() + t;
      q[e] += penalty_[e] * v[e] - mean * sums[t];
    }
  }
  return true;
}

template <Real T>
double SparseBlock<T>::optimality(Index t, const double* b, const double* g) const {
  double fitted = 0.0;
  double largest = 0.0;
  for (Index e = t; e < size(); e += k()) {
    if (inverse_size_[e] == 0.0) continue;
    fitted += std::pow(b[e] / inverse_size_[e], 2);
    largest = std::max(largest, std::abs(g[e]) * inverse_size_[e]);
  }
  const Index target = targets_[static_cast<std::size_t>(t)].target;
  const double scale =
      std::sqrt(design_.y_spread[static_cast<std::size_t>(target)]) + std::sqrt(fitted);
  if (largest == 0.0) return 0.0;
  return largest <= infinity ? largest / scale : infinity;
}

template <Real T>
double SparseBlock<T>::optimality(const double* b, const double* g) const {
  double worst = 0.0;
  for (Index t = 0; t < k(); ++t) worst = std::max(worst, optimality(t, b, g));
  return worst;
}

template <Real T>
Buffer<double> SparseBlock<T>::prior() const {
  auto b = Buffer<double>::zeros(size());
  if (!problem_.has_prior()) return b;
  for (Index j = 0; j < design_.x.cols; ++j) {
    for (Index t = 0; t < k(); ++t)
      b[j * k() + t] = problem_.prior(targets_[static_cast<std::size_t>(t)].target, j);
  }
  return b;
}

template <Real T>
bool SparseBlock<T>::penalised(Index t) const {
  for (Index e = t; e < size(); e += k()) {
    if (penalty_[e] > 0.0) return true;
  }
  return kappa(t) > 0.0;
}

template <Real T>
Index SparseBlock<T>::rank() const {
  Index fewest = design_.x.cols;
  for (Index t = 0; t < k(); ++t) {
    Index count = 0;
    for (Index e = t; e < size(); e += k()) count += inverse_size_[e] > 0.0 ? 1 : 0;
    fewest = std::min(fewest, count);
  }
  return fewest;
}

template class SparseBlock<double>;
template class SparseBlock<float>;

}  // namespace elltwo
