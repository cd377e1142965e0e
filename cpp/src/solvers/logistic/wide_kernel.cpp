#include <algorithm>
#include <cmath>
#include <limits>

#include "gram/moments.hpp"
#include "gram/stream.hpp"
#include "linalg/cholesky.hpp"
#include "parallel/interruption.hpp"
#include "solvers/logistic/intercepts.hpp"
#include "solvers/logistic/validate.hpp"
#include "solvers/logistic/wide.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr Index enough_rows_for_float = 256;  // rows; a smaller kernel costs less than reading X
constexpr Index some_features = 256;

}  // namespace

template <Real T>
bool WideLogistic<T>::suits(const LogisticData<T>& data) {
  Index penalised = 0;
  Index free = 0;
  for (Index j = 0; j < data.x.cols; ++j) {
    const double f = wide_factor(data, j);
    if (f == 0.0) ++free;
    if (f > 0.0 && f < infinity) ++penalised;
  }
  const Index n = data.rows.empty() ? data.x.rows : static_cast<Index>(data.rows.size());
  return penalised > n && free < n && data.x.rows <= 2 * n;
}

template <Real T>
WideLogistic<T>::WideLogistic(const LogisticData<T>& data, const LogisticOptions& options,
                              Monitor& monitor)
    : data_(data), options_(options), monitor_(monitor) {
  const auto all = static_cast<Index>(data.rows.empty() ? data.label.size() : data.rows.size());
  for (Index k = 0; k < all; ++k) {
    const Index i = data.rows.empty() ? k : data.rows[k];
    const double w = data.sample_weight.empty() ? 1.0 : data.sample_weight[i];
    if (w == 0.0) continue;
    rows_.push_back(i);
    label_.push_back(data.label[i]);
    if (!data.sample_weight.empty()) weight_.push_back(w);
    for (Index o = 0; o < data.n_outputs(); ++o) {
      offset_.push_back(data.offset.empty() ? 0.0 : data.offset[i * data.n_outputs() + o]);
    }
  }
  if (!weight_.empty()) {
    weight_scale_ = std::ldexp(1.0, -std::ilogb(*std::max_element(weight_.begin(), weight_.end())));
    for (double& w : weight_) w *= weight_scale_;
  }
  if (data.offset.empty()) return;
  const bool moves_intercepts = options.fit_intercept && options.max_iter > 0;
  const double* w = weight_.empty() ? nullptr : weight_.data();
  offset_shift_ = centre_offsets(n_rows(), data.n_classes, label_.data(), w, moves_intercepts,
                                 {offset_.data(), data.n_outputs(), 1});
}

template <Real T>
double WideLogistic<T>::weight(Index k) const {
  return weight_.empty() ? 1.0 : weight_[k];
}

template <Real T>
void WideLogistic<T>::take_roles() {
  const Index p = data_.x.cols;
  row_scale_.assign(p, 0.0);
  for (Index j = 0; j < p; ++j) {
    const double f = wide_factor(data_, j);
    if (f == 0.0) free_.push_back(j);
    if (f > 0.0 && f < infinity) row_scale_[j] = 1.0 / std::sqrt(f);
  }
  factors_.assign(n_reduced(), 1.0);
  std::fill(factors_.begin() + n_rows(), factors_.end(), 0.0);
  shift_.assign(p, 0.0);
  if (options_.fit_intercept) shift_ = provisional_mean(data_.x, nullptr);
}

// X m, which prior means add to the predictors.
template <Real T>
bool WideLogistic<T>::take_prior_part() {
  own_offset_ = offset_;
  if (data_.prior_mean.empty()) return true;
  const Index outputs = data_.n_outputs();
  Source<T> source{.x = data_.x, .row_index = rows_.data()};
  source.x.rows = n_rows();
  const auto add = [&](Index k0, Index kc, double* f, Index ld) {
    for (Index o = 0; o < outputs; ++o) {
      for (Index k = 0; k < kc; ++k) {
        offset_[(k0 + k) * outputs + o] += f[o * ld + k];
        f[o * ld + k] = 0.0;
      }
    }
  };
  return completed([&] {
    stream_pass(source, outputs, data_.prior_mean.data(), add, options_.n_threads, monitor_);
  });
}

// The features as rows, about their shifts and times scale / sqrt(f).
template <Real T>
Source<T> WideLogistic<T>::features() const {
  return {.x = data_.x.transposed(), .row_shift = shift_.data(), .row_scale = row_scale_.data()};
}

// Brings the largest deviation of a few features to about one, or of all where a few mislead.
template <Real T>
void WideLogistic<T>::take_scale(bool of_all) {
  const Index p = data_.x.cols;
  const Index every = of_all ? 1 : std::max<Index>(1, p / some_features);
  double largest = 0.0;
  for (Index j = 0; j < p; j += every) {
    for (const Index i : rows_) {
      const double x = (static_cast<double>(data_.x(i, j)) - shift_[j]) * row_scale_[j];
      if (std::abs(x) > largest) largest = std::abs(x);
    }
  }
  if (largest == 0.0 || !std::isfinite(largest)) return;
  const double by = std::ldexp(1.0, -std::ilogb(largest));
  scale_ *= by;
  for (double& s : row_scale_) s *= by;
}

template <Real T>
template <Real Products>
bool WideLogistic<T>::form_kernel() {
  in_float_ = std::same_as<Products, float>;
  return completed([&] { kernel_ = gram<T, Products>(features(), options_.n_threads, monitor_); });
}

template <Real T>
bool WideLogistic<T>::in_range(double low, double high) const {
  double largest = 0.0;
  for (const Index i : rows_) {
    const double k = kernel_(i, i);
    if (!(k <= high)) return false;
    largest = std::max(largest, k);
  }
  return largest == 0.0 || largest >= low;
}

// The kernel in float is good enough where corrections with the data shrink the error it leaves.
template <Real T>
bool WideLogistic<T>::kernel() {
  if (n_rows() >= enough_rows_for_float && !only_double_) {
    if (!form_kernel<float>()) return false;
    if (in_range(1e-15, 1e25)) return true;
  }
  if (!form_kernel<double>()) return false;
  if (in_range(1e-150, 1e150)) return true;
  throw_if_not_finite(data_);
  take_scale(true);
  return form_kernel<double>();
}

// [L | free features], L L^T being the kernel of the fitted rows and just so much on its diagonal that
// rounding cannot make it indefinite. What that adds to predictors is corrected later.
template <Real T>
bool WideLogistic<T>::factor() {
  const Index n = n_rows();
  Buffer<double> lower(n * n);
  double largest = 0.0;
  for (const Index i : rows_) largest = std::max(largest, kernel_(i, i));
  if (largest == 0.0) largest = 1.0;
  double jitter = largest * static_cast<double>(n) * (in_float_ ? 1e-8 : 1e-16);
  for (bool definite = false; !definite; jitter *= 10.0) {
    for (Index c = 0; c < n; ++c) {
      const Index i = rows_[c];
      for (Index r = c; r < n; ++r) {
        const Index l = rows_[r];
        lower[c * n + r] = kernel_(std::min(i, l), std::max(i, l));
      }
      lower[c * n + c] += jitter;
    }
    const auto factor_lower = [&] {
      definite = cholesky(n, lower.data(), n, options_.n_threads, monitor_);
    };
    if (!completed(factor_lower)) return false;
  }
  const Index width = n_reduced();
  reduced_x_ = Buffer<double>::zeros(n * width);
  for (Index k = 0; k < n; ++k) {
    double* row = reduced_x_.data() + k * width;
    for (Index c = 0; c <= k; ++c) row[c] = lower[c * n + k];
    for (std::size_t c = 0; c < free_.size(); ++c) {
      const Index i = rows_[k];
      row[n + static_cast<Index>(c)] = static_cast<double>(data_.x(i, free_[c])) - shift_[free_[c]];
    }
  }
  return true;
}

template <Real T>
bool WideLogistic<T>::prepare() {
  take_roles();
  take_scale(false);
  return take_prior_part() && kernel() && factor();
}

template <Real T>
bool WideLogistic<T>::prepare_in_double() {
  only_double_ = true;
  return prepare();
}

template <Real T>
LogisticData<double> WideLogistic<T>::reduced_data() const {
  return {.x = row_major(reduced_x_.data(), n_rows(), n_reduced()),
          .label = label_,
          .n_classes = data_.n_classes,
          .penalty_factors = factors_,
          .prior_mean = {},
          .sample_weight = weight_,
          .offset = {},
          .rows = {}};
}

template bool WideLogistic<double>::suits(const LogisticData<double>&);
template bool WideLogistic<float>::suits(const LogisticData<float>&);
template WideLogistic<double>::WideLogistic(const LogisticData<double>&, const LogisticOptions&,
                                            Monitor&);
template WideLogistic<float>::WideLogistic(const LogisticData<float>&, const LogisticOptions&,
                                           Monitor&);
template Source<double> WideLogistic<double>::features() const;
template Source<float> WideLogistic<float>::features() const;
template bool WideLogistic<double>::prepare();
template bool WideLogistic<float>::prepare();
template bool WideLogistic<double>::prepare_in_double();
template bool WideLogistic<float>::prepare_in_double();
template LogisticData<double> WideLogistic<double>::reduced_data() const;
template LogisticData<double> WideLogistic<float>::reduced_data() const;
template double WideLogistic<double>::weight(Index) const;
template double WideLogistic<float>::weight(Index) const;
template bool WideLogistic<double>::form_kernel<double>();
template bool WideLogistic<float>::form_kernel<double>();
template bool WideLogistic<double>::factor();
template bool WideLogistic<float>::factor();

}  // namespace elltwo
