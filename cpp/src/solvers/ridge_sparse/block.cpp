#include "solvers/ridge_sparse/block.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/sum_over.hpp"

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
  const double alpha = targets_[t].alpha;
  const double kappa = problem_.centred() ? problem_.kappa(design_.means.weight, alpha) : 0.0;
  kappa_.push_back(kappa);
  for (Index j = 0; j < design_.x.cols; ++j) {
    const double mean = design_.means.x[j];
    const double a = problem_.penalty(j, alpha);
    penalty_[j * k() + t] = std::isinf(a) ? 0.0 : a;
    const double square = design_.x_spread[j] + kappa * mean * mean + a;
    if (is_level(j, t)) continue;  // its spread is rounding of its mean
    if (!std::isinf(a) && square > 0.0) inverse_size_[j * k() + t] = 1.0 / std::sqrt(square);
  }
}

template <Real T>
bool SparseBlock<T>::is_level(Index j, Index t) const {
  if (!counts_level(t) || std::isinf(problem_.raw_penalty(j, 1.0))) return false;
  const double mean = design_.means.x[j];
  const double rounding = std::pow(4.0 * epsilon * mean, 2);
  return mean != 0.0 && design_.x_spread[j] <= design_.means.weight * rounding;
}

template <Real T>
bool SparseBlock<T>::has_levels() const {
  for (Index t = 0; t < k(); ++t) {
    for (Index j = 0; counts_level(t) && j < design_.x.cols; ++j) {
      if (is_level(j, t)) return true;
    }
  }
  return false;
}

template <Real T>
Buffer<double> SparseBlock<T>::dot_means(const double* v) const {
  auto dots = Buffer<double>::zeros(k());
  if (!problem_.centred()) return dots;
  for (Index t = 0; t < k(); ++t) {
    dots[t] =
        sum_over(design_.x.cols, [&](Index j) { return design_.means.x[j] * v[j * k() + t]; });
  }
  return dots;
}

// g = X^T U and sums = 1^T U with U = W (X b - centre - y). b may be null: zeros.
template <Real T>
void SparseBlock<T>::residual_products(const double* b, const double* centre, double* g,
                                       double* sums) const {
  std::vector<Index> columns;
  for (const auto& target : targets_) columns.push_back(target.target);
  const RowTransform to_residual{.weight = design_.weight.data(),
                                 .centre = centre,
                                 .target = design_.y.data(),
                                 .column = columns.data(),
                                 .target_stride = problem_.n_targets()};
  pass_.run(k(), b, to_residual, problem_.monitor(), g, sums);
}

template <Real T>
void SparseBlock<T>::gradient(const double* b, double* g) const {
  const bool nothing = std::all_of(b, b + size(), [](double v) { return v == 0.0; });
  const auto centre = dot_means(b);
  Buffer<double> sums(k());
  if (nothing && !design_.cross.empty()) {
    std::transform(design_.cross.begin(), design_.cross.end(), g, [](double c) { return -c; });
    sums[0] = -design_.y_sum[0];
  } else {
    residual_products(nothing ? nullptr : b, centre.data(), g, sums.data());
  }
  for (Index j = 0; j < design_.x.cols; ++j) {
    const double mean = design_.means.x[j];
    for (Index t = 0; t < k(); ++t) {
      const Index e = j * k() + t;
      const Index target = targets_[t].target;
      const double pull = design_.means.y[target] - centre[t];
      g[e] = mean * (kappa(t) * pull + sums[t]) - g[e];
      if (penalty_[e] > 0.0) g[e] -= penalty_[e] * (b[e] - problem_.prior(target, j));
      if (inverse_size_[e] == 0.0) g[e] = 0.0;
    }
  }
}

template <Real T>
void SparseBlock<T>::apply(const double* v, double* q) const {
  const auto centre = dot_means(v);
  const RowTransform to_weighted{.weight = design_.weight.data(), .centre = centre.data()};
  Buffer<double> sums(k());
  pass_.run(k(), v, to_weighted, problem_.monitor(), q, sums.data());
  for (Index t = 0; t < k(); ++t) sums[t] -= kappa(t) * centre[t];
  for (Index j = 0; j < design_.x.cols; ++j) {
    const double mean = design_.means.x[j];
    for (Index t = 0; t < k(); ++t) {
      const Index e = j * k() + t;
      q[e] += penalty_[e] * v[e] - mean * sums[t];
    }
  }
}

template <Real T>
Stationarity SparseBlock<T>::stationarity(Index t, const double* b, const double* g) const {
  Stationarity result;
  const double fitted = sum_over(design_.x.cols, [&](Index j) {
    const Index e = j * k() + t;
    const double inverse = inverse_size_[e];
    result.gradient = std::max(result.gradient, std::abs(g[e]) * inverse);
    return inverse > 0.0 ? (b[e] / inverse) * (b[e] / inverse) : 0.0;
  });
  const Index target = targets_[t].target;
  result.scale = std::sqrt(design_.y_spread[target]) + std::sqrt(fitted);
  return result;
}

template <Real T>
double SparseBlock<T>::magnification() const {
  double square = 1.0;
  for (Index e = 0; e < size(); ++e) {
    const Index j = e / k();
    const double about_zero =
        design_.x_spread[j] + design_.means.weight * design_.means.x[j] * design_.means.x[j];
    square = std::max(square, about_zero * inverse_size_[e] * inverse_size_[e]);
  }
  return std::sqrt(square);
}

template <Real T>
double SparseBlock<T>::optimality(const double* b, const double* g) const {
  double worst = 0.0;
  for (Index t = 0; t < k(); ++t) worst = std::max(worst, stationarity(t, b, g).optimality());
  return worst;
}

template <Real T>
Buffer<double> SparseBlock<T>::prior() const {
  auto b = Buffer<double>::zeros(size());
  if (!problem_.has_prior()) return b;
  for (Index j = 0; j < design_.x.cols; ++j) {
    for (Index t = 0; t < k(); ++t) b[j * k() + t] = problem_.prior(targets_[t].target, j);
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
