#include "solvers/ridge_path/design.hpp"

#include <algorithm>
#include <cmath>

namespace elltwo {

template <Real T>
PathDesign<T>::PathDesign(const Problem<T>& problem, const ScaledMoments& moments)
    : problem_(problem),
      moments_(moments),
      centred_(problem.centred() && !problem.options().penalize_intercept) {
  const auto add = [&](Index j, double factor) {
    feature_.push_back(j);
    scale_.push_back(factor > 0.0 ? 1.0 / std::sqrt(factor) : 1.0);
    shift_.push_back(j >= 0 && centred_ ? moments.x_mean[j] : 0.0);
  };
  for (const bool free : {true, false}) {
    for (Index j = 0; j < problem.n_features(); ++j) {
      const double factor = problem.penalty(j, 1.0);
      if ((factor == 0.0) == free && std::isfinite(factor) && raw_product(j, j) != 0.0)
        add(j, factor);
    }
    if (free) n_free_ = size();
  }
  if (problem.centred() && !centred_) add(-1, problem.intercept_penalty(1.0));
  if (problem.sparse() == nullptr) return;
  entry_.resize(problem.n_features());
  for (Index a = 0; a < size(); ++a) {
    if (is_ones(a)) continue;
    const Index j = feature_[a];
    entry_[j] = {a, scale_[a] * problem.x_scale(j)};
  }
  prior_offset_.assign(problem.n_targets(), 0.0);
  for (Index t = 0; t < problem.n_targets() && problem.has_prior(); ++t) {
    double& offset = prior_offset_[t];
    for (Index j = 0; j < problem.n_features(); ++j) offset += shift_of(j) * problem.prior(t, j);
  }
}

// sum of w x_i x_j about zero or the means, whichever the columns are about.
template <Real T>
double PathDesign<T>::raw_product(Index i, Index j) const {
  const auto& m = moments_;
  const auto mean = [&](Index k) { return k < 0 ? 1.0 : m.x_mean[k]; };
  const double centred = i < 0 || j < 0 ? 0.0 : m.xx(i, j);
  const bool about_zero = problem_.centred() && !centred_;
  return about_zero ? centred + m.weight * mean(i) * mean(j) : centred;
}

template <Real T>
double PathDesign<T>::raw_target(Index j, Index t) const {
  const auto& m = moments_;
  const double centred = j < 0 ? 0.0 : m.xy(j, t);
  if (!problem_.centred() || centred_) return centred;
  const double mean = j < 0 ? 1.0 : m.x_mean[j];
  return centred + m.weight * mean * m.y_mean[t];
}

template <Real T>
double PathDesign<T>::gram_entry(Index a, Index b) const {
  return scale_[a] * scale_[b] * raw_product(feature_[a], feature_[b]);
}

template <Real T>
double PathDesign<T>::largest_square() const {
  double largest = 0.0;
  const Index end = size() > 0 && is_ones(size() - 1) ? size() - 1 : size();
  for (Index a = n_free_ < end ? n_free_ : 0; a < end; ++a) {
    largest = std::max(largest, gram_entry(a, a));
  }
  return largest;
}

template <Real T>
void PathDesign<T>::gram(double* g, double* gy) const {
  const Index m = size();
  for (Index a = 0; a < m; ++a) {
    for (Index b = a; b < m; ++b) g[a * m + b] = g[b * m + a] = gram_entry(a, b);
  }
  for (Index t = 0; t < problem_.n_targets(); ++t) {
    for (Index a = 0; a < m; ++a) {
      double value = raw_target(feature_[a], t);
      for (Index j = 0; problem_.has_prior() && j < problem_.n_features(); ++j) {
        value -= raw_product(feature_[a], j) * problem_.prior(t, j);
      }
      gy[t * m + a] = scale_[a] * value;
    }
  }
}

// sum w (x_i - c_i)(x_j - c_j) = C_ij + W (mean_i - c_i)(mean_j - c_j).
template <Real T>
void PathDesign<T>::gram_of(const ScaledMoments& other, double* g) const {
  const Index m = size();
  const auto offset = [&](Index a) {
    return is_ones(a) ? 1.0 : other.x_mean[feature_[a]] - shift_[a];
  };
  for (Index a = 0; a < m; ++a) {
    const double row = other.weight * offset(a);
    for (Index b = a; b < m; ++b) {
      const double centred = is_ones(a) || is_ones(b) ? 0.0 : other.xx(feature_[a], feature_[b]);
      g[a * m + b] = g[b * m + a] = scale_[a] * scale_[b] * (centred + row * offset(b));
    }
  }
}

template <Real T>
void PathDesign<T>::from_features(const double* features, double ones, double* out) const {
  for (Index a = 0; a < size(); ++a) {
    out[a] = scale_[a] * (is_ones(a) ? ones : features[feature_[a]]);
  }
}

template <Real T>
double PathDesign<T>::ones_coefficient(const double* z) const {
  const Index last = size() - 1;
  return last >= 0 && is_ones(last) ? scale_[last] * z[last] : 0.0;
}

template <Real T>
double PathDesign<T>::target_square(Index t) const {
  double sum = moments_.yy(t);
  const double mean = problem_.centred() ? moments_.y_mean[t] : 0.0;
  if (!centred_) sum += moments_.weight * mean * mean;
  if (!problem_.has_prior()) return sum;
  for (Index i = 0; i < problem_.n_features(); ++i) {
    double row = -2.0 * raw_target(i, t);
    for (Index j = 0; j < problem_.n_features(); ++j) {
      row += raw_product(i, j) * problem_.prior(t, j);
    }
    sum += problem_.prior(t, i) * row;
  }
  return std::max(sum, 0.0);
}

template <Real T>
void PathDesign<T>::fill_features(Index row, double* x) const {
  const Index p = problem_.n_features();
  if (const auto* sparse = problem_.sparse()) {
    std::fill_n(x, p, 0.0);
    for (Index e = sparse->start[row]; e < sparse->start[row + 1]; ++e)
      x[sparse->column[e]] = static_cast<double>(sparse->value[e]);
  } else {
    for (Index j = 0; j < p; ++j) x[j] = static_cast<double>(problem_.data().x(row, j));
  }
  for (Index j = 0; j < p; ++j) x[j] *= problem_.x_scale(j);
}

template <Real T>
void PathDesign<T>::fill_row(Index row, double* out) const {
  const Index m = size();
  std::vector<double> x(problem_.n_features());
  fill_features(row, x.data());
  for (Index a = 0; a < m; ++a) {
    const double value = is_ones(a) ? 1.0 : x[feature_[a]];
    out[a] = scale_[a] * (value - shift_[a]);
  }
  for (Index t = 0; t < problem_.n_targets(); ++t) {
    const double mean = centred_ ? moments_.y_mean[t] : 0.0;
    double value = problem_.y_scale(t) * problem_.data().y(row, t) - mean;
    for (Index j = 0; problem_.has_prior() && j < problem_.n_features(); ++j)
      value -= (x[j] - shift_of(j)) * problem_.prior(t, j);
    out[m + t] = value;
  }
}

template <Real T>
void PathDesign<T>::fill_given(const double* x, const double* y, double ones, double* out) const {
  const Index m = size();
  from_features(x, ones, out);
  for (Index t = 0; t < problem_.n_targets(); ++t) {
    double value = y[t];
    for (Index j = 0; problem_.has_prior() && j < problem_.n_features(); ++j)
      value -= x[j] * problem_.prior(t, j);
    out[m + t] = value;
  }
}

template <Real T>
double PathDesign<T>::of_zeros(Index a) const {
  return is_ones(a) ? scale_[a] : -scale_[a] * shift_[a];
}

template <Real T>
double PathDesign<T>::target(Index row, Index t) const {
  const double mean = centred_ ? moments_.y_mean[t] : 0.0;
  double value = problem_.y_scale(t) * problem_.data().y(row, t) - mean + prior_offset_[t];
  if (!problem_.has_prior()) return value;
  const auto& x = *problem_.sparse();
  for (Index e = x.start[row]; e < x.start[row + 1]; ++e) {
    const Index j = x.column[e];
    value -= problem_.x_scale(j) * static_cast<double>(x.value[e]) * problem_.prior(t, j);
  }
  return value;
}

template <Real T>
void PathDesign<T>::coefficients(Index t, const double* z, double* b) const {
  for (Index j = 0; j < problem_.n_features(); ++j) b[j] = problem_.prior(t, j);
  for (Index a = 0; a < size(); ++a) {
    if (!is_ones(a)) b[feature_[a]] += scale_[a] * z[a];
  }
}

template class PathDesign<double>;
template class PathDesign<float>;

}  // namespace elltwo
