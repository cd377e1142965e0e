#include "solvers/logistic/wide_problem.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gram/moments.hpp"
#include "gram/stream.hpp"
#include "linalg/cholesky.hpp"
#include "model/logistic_loss.hpp"
#include "parallel/interruption.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/logistic/class_means.hpp"
#include "solvers/logistic/intercepts.hpp"
#include "solvers/logistic/validate.hpp"

namespace elltwo {
namespace {

/// Rows from which the kernel is formed in float: a smaller one takes less time than reading X.
constexpr Index least_rows_for_float = 256;

/// What is left of a diagonal, relative to its largest number and for each row, that may be
/// rounding.
constexpr double rank_noise = 1e-13;

/// Features, at least, whose deviations choose the scale at first.
constexpr Index some_features = 256;

}  // namespace

template <Real T>
bool WideProblem<T>::suits(const LogisticData<T>& data) {
  Index penalised = 0;
  Index free = 0;
  for (Index j = 0; j < data.x.cols; ++j) {
    const double f = data.penalty_factors.empty() ? 1.0 : data.penalty_factors[j];
    if (f == 0.0) ++free;
    if (f > 0.0 && f < infinity) ++penalised;
  }
  const Index n = data.rows.empty() ? data.x.rows : static_cast<Index>(data.rows.size());
  return penalised > n && free < n && data.x.rows <= 2 * n;
}

template <Real T>
WideProblem<T>::WideProblem(const LogisticData<T>& data, const LogisticOptions& options,
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
    weight_scale_ = power_of_two_for(*std::max_element(weight_.begin(), weight_.end()));
    for (double& w : weight_) w *= weight_scale_;
  }
  if (data.offset.empty()) return;
  const bool moves_intercepts = options.fit_intercept && options.max_iter > 0;
  const double* w = weight_.empty() ? nullptr : weight_.data();
  offset_shift_ = centre_offsets({n_rows(), data.n_outputs(), label_.data(), w}, moves_intercepts,
                                 {offset_.data(), data.n_outputs(), 1});
}

template <Real T>
void WideProblem<T>::assign_roles() {
  const Index p = data_.x.cols;
  row_scale_.assign(p, 0.0);
  for (Index j = 0; j < p; ++j) {
    const double f = factor_of(j);
    if (f == 0.0) free_.push_back(j);
    if (f > 0.0 && f < infinity) row_scale_[j] = 1.0 / std::sqrt(f);
  }
  factors_.assign(n_reduced(), 1.0);
  std::fill(factors_.begin() + n_rows(), factors_.end(), 0.0);
  shift_.assign(p, 0.0);
  if (options_.fit_intercept) shift_ = provisional_mean(data_.x, nullptr);
}

// offset += X m.
template <Real T>
void WideProblem<T>::add_prior_part() {
  own_offset_ = offset_;
  if (data_.prior_mean.empty()) return;
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
  stream_pass(source, outputs, data_.prior_mean.data(), add, options_.n_threads, monitor_);
}

// The features as rows: (x_j - c_j) scale / sqrt(f_j).
template <Real T>
Source<T> WideProblem<T>::features() const {
  return {.x = data_.x.transposed(), .row_shift = shift_.data(), .row_scale = row_scale_.data()};
}

// Sets the scale to the power of two that brings the largest deviation of a feature, over the root
// of its factor, near one.
template <Real T>
void WideProblem<T>::rescale(Deviations deviations) {
  const Index p = data_.x.cols;
  const bool all = deviations == Deviations::of_all_features;
  const Index every = all ? 1 : std::max<Index>(1, p / some_features);
  double largest = 0.0;
  for (Index j = 0; j < p; j += every) {
    for (const Index i : rows_) {
      const double x = std::abs(static_cast<double>(data_.x(i, j)) - shift_[j]);
      const double size = x * (row_scale_[j] / scale_);
      if (size > largest) largest = size;
    }
  }
  if (largest == 0.0) return;
  const double widest = *std::max_element(row_scale_.begin(), row_scale_.end()) / scale_;
  const double before = scale_;
  scale_ = std::min(power_of_two_for(std::min(largest, std::numeric_limits<double>::max())),
                    power_of_two_for(widest) * 0x1p1022);
  for (double& s : row_scale_) s = s / before * scale_;
}

template <Real T>
template <Real P>
void WideProblem<T>::form_kernel_in() {
  in_float_ = std::same_as<P, float>;
  kernel_ = gram<T, P>(features(), options_.n_threads, monitor_);
}

template <Real T>
bool WideProblem<T>::kernel_in_range(double low, double high) const {
  double largest = 0.0;
  for (const Index i : rows_) {
    const double k = kernel_(i, i);
    if (!(k <= high)) return false;
    largest = std::max(largest, k);
  }
  return largest == 0.0 || largest >= low;
}

// A kernel in float is good enough where corrections by the data shrink the error that it leaves.
template <Real T>
void WideProblem<T>::form_kernel(Products products) {
  if (n_rows() >= least_rows_for_float && products == Products::automatic) {
    form_kernel_in<float>();
    if (kernel_in_range(1e-15, 1e25)) return;
  }
  form_kernel_in<double>();
  if (kernel_in_range(1e-150, 1e150)) return;
  throw_if_not_finite(data_, monitor_);
  rescale(Deviations::of_all_features);
  form_kernel_in<double>();
}

// Sets the reduced features [L | features without a penalty], L L^T being the kernel of the fitted
// rows with a small multiple of the identity added, so that rounding cannot make it indefinite. The
// corrections of the fit account for what this adds to the predictors.
template <Real T>
void WideProblem<T>::factor() {
  const Index n = n_rows();
  Buffer<double> lower(n * n);
  double largest = 0.0;
  for (const Index i : rows_) largest = std::max(largest, kernel_(i, i));
  if (largest == 0.0) largest = 1.0;
  double jitter = largest * static_cast<double>(n) * (in_float_ ? 1e-8 : 1e-16);
  for (bool factored = false; !factored; jitter *= 10.0) {
    for (Index c = 0; c < n; ++c) {
      const Index i = rows_[c];
      for (Index r = c; r < n; ++r) {
        const Index l = rows_[r];
        lower[c * n + r] = kernel_(std::min(i, l), std::max(i, l));
      }
      lower[c * n + c] += jitter;
    }
    factored = cholesky(n, lower.data(), n, options_.n_threads, monitor_);
  }
  const Index width = n_reduced();
  reduced_x_ = Buffer<double>::zeros(n * width);
  for (Index k = 0; k < n; ++k) {
    double* row = reduced_x_.data() + k * width;
    for (Index c = 0; c <= k; ++c) row[c] = lower[c * n + k];
  }
  triangular_ = true;
  set_free_columns();
}

template <Real T>
void WideProblem<T>::set_free_columns() {
  const Index n = n_rows();
  for (Index k = 0; k < n; ++k) {
    double* row = reduced_x_.data() + k * n_reduced() + n;
    for (std::size_t c = 0; c < free_.size(); ++c) {
      row[c] = static_cast<double>(data_.x(rows_[k], free_[c])) - shift_[free_[c]];
    }
  }
}

// Cholesky with pivots, K = L L^T with a row of L for each row and columns in the order of the
// pivots, until what is left of the diagonal may be rounding. L has zeros behind its rank.
template <Real T>
void WideProblem<T>::reveal_rank() {
  const Index n = n_rows();
  const Index width = n_reduced();
  const auto value = [&](Index k, Index l) {
    return kernel_(std::min(rows_[k], rows_[l]), std::max(rows_[k], rows_[l]));
  };
  std::vector<double> left(n);  // of the diagonal
  for (Index k = 0; k < n; ++k) left[k] = value(k, k);
  const double largest = *std::ranges::max_element(left);
  const double noise = largest * static_cast<double>(n) * rank_noise;
  double least = infinity;  // of the squared diagonal of L
  for (Index k = 0; k < n; ++k) {
    least = std::min(least, reduced_x_[k * width + k] * reduced_x_[k * width + k]);
  }
  if (in_float_ && least <= noise / rank_noise * 1e-7) {
    prepare_again_in_double();
    return reveal_rank();
  }
  if (in_float_ || least > noise) return;
  triangular_ = false;
  reduced_x_.fill_zero();
  std::vector<bool> done(n, false);
  for (Index c = 0; c < n; ++c) {
    check(monitor_);
    const Index p = std::ranges::max_element(left) - left.begin();
    if (!(left[p] > noise)) break;
    const double root = std::sqrt(left[p]);
    const double* pivot = reduced_x_.data() + p * width;
    for (Index k = 0; k < n; ++k) {
      if (done[k]) continue;
      double* row = reduced_x_.data() + k * width;
      row[c] = k == p ? root : (value(k, p) - dot(c, row, pivot)) / root;
      left[k] -= row[c] * row[c];
    }
    done[p] = true;
    left[p] = -infinity;
  }
  set_free_columns();
}

template <Real T>
void WideProblem<T>::prepare(Products products) {
  assign_roles();
  rescale(Deviations::of_some_features);
  add_prior_part();
  form_kernel(products);
  factor();
}

template <Real T>
void WideProblem<T>::prepare_again_in_double() {
  form_kernel_in<double>();
  factor();
}

template <Real T>
LogisticData<double> WideProblem<T>::reduced_data() const {
  return {.x = row_major(reduced_x_.data(), n_rows(), n_reduced()),
          .label = label_,
          .n_classes = data_.n_classes,
          .output_for_each = data_.output_for_each,
          .penalty_factors = factors_,
          .prior_mean = {},
          .sample_weight = weight_,
          .offset = {},
          .rows = {}};
}

// The intercepts of the model without predictors beside offsets, rows x outputs.
template <Real T>
std::vector<double> WideProblem<T>::intercepts_beside(std::vector<double> offset) const {
  const Index outputs = data_.n_outputs();
  if (!options_.fit_intercept) return std::vector<double>(outputs, 0.0);
  const double* w = weight_.empty() ? nullptr : weight_.data();
  return null_intercepts({n_rows(), outputs, label_.data(), w}, {offset.data(), outputs, 1});
}

template <Real T>
std::vector<double> WideProblem<T>::prior_start() const {
  std::vector<double> start(data_.n_outputs() * n_reduced(), 0.0);
  const auto intercept = intercepts_beside(offset_);
  start.insert(start.end(), intercept.begin(), intercept.end());
  return start;
}

// Subtracts from one number for each row their weighted mean, which it returns.
template <Real T>
double WideProblem<T>::remove_mean(std::vector<double>& values) const {
  const Index n = n_rows();
  const double total = sum_over(n, [&](Index k) { return weight(k); });
  const double mean = sum_over(n, [&](Index k) { return weight(k) * values[k]; }) / total;
  for (double& value : values) value -= mean;
  return mean;
}

template <Real T>
std::vector<double> WideProblem<T>::null_start() const {
  const auto& m = data_.prior_mean;
  const bool none = std::ranges::all_of(m, [](double value) { return value == 0.0; });
  if (none || !triangular_) return {};
  const Index n = n_rows();
  const Index width = n_reduced();
  const Index outputs = data_.n_outputs();
  std::vector<double> start = prior_start();
  const auto intercept = intercepts_beside(own_offset_);
  for (Index o = 0; o < outputs; ++o) {
    double* u = start.data() + o * width;
    std::vector<double> z(n);
    for (Index k = 0; k < n; ++k) z[k] = offset_[k * outputs + o] - own_offset_[k * outputs + o];
    for (std::size_t c = 0; c < free_.size(); ++c) {
      u[n + c] = -m[o * data_.x.cols + free_[c]];
      for (Index k = 0; k < n; ++k) z[k] += u[n + c] * reduced_row(k)[n + c];
    }
    const double mean = options_.fit_intercept ? remove_mean(z) : 0.0;
    start[outputs * width + o] = intercept[o] - mean;
    for (Index k = 0; k < n; ++k) {
      u[k] = (-z[k] - dot(k, reduced_row(k), u)) / reduced_row(k)[k];
    }
  }
  for (Index j = 0; j < width && outputs > 1; ++j) {
    subtract_mean({start.data() + j, outputs, width});
  }
  return start;
}

template <Real T>
std::vector<double> WideProblem<T>::residuals(const std::vector<double>& z, double& loss) const {
  const Index n = n_rows();
  const Index outputs = data_.n_outputs();
  std::vector<double> by_output(z.size());
  std::vector<double> by_row(z.size());
  const auto at = [&](Index k, Index o) { return k * outputs + o; };
  for (Index k = 0; k < n; ++k) {
    for (Index o = 0; o < outputs; ++o) by_output[o * n + k] = z[at(k, o)];
  }
  const double* w = weight_.empty() ? nullptr : weight_.data();
  loss = outputs == 1
             ? binomial_terms(n, by_output.data(), label_.data(), w, nullptr)
             : multinomial_terms(outputs, n, by_output.data(), n, label_.data(), w, nullptr, 0);
  for (Index k = 0; k < n; ++k) {
    for (Index o = 0; o < outputs; ++o) by_row[at(k, o)] = by_output[o * n + k];
  }
  return by_row;
}

template <Real T>
std::vector<double> WideProblem<T>::expand(const std::vector<double>& r, double alpha,
                                           double* coef) const {
  const Index outputs = data_.n_outputs();
  const Index p = data_.x.cols;
  auto of_rows = Buffer<double>::zeros(outputs * data_.x.rows);
  for (Index k = 0; k < n_rows(); ++k) {
    for (Index o = 0; o < outputs; ++o) {
      of_rows[o * data_.x.rows + rows_[k]] += r[k * outputs + o];
    }
  }
  const auto to_coef = [&](Index k0, Index kc, double* f, Index ld) {
    for (Index o = 0; o < outputs; ++o) {
      for (Index k = 0; k < kc; ++k) {
        const Index j = k0 + k;
        const double slope = f[o * ld + k] * (row_scale_[j] / scale_);
        coef[o * p + j] = prior_of(o, j) + quotient_in_units(slope, alpha, scale_, weight_scale_);
      }
    }
  };
  const auto all =
      stream_pass(features(), outputs, of_rows.data(), to_coef, options_.n_threads, monitor_);
  std::vector<double> fitted(offset_.size());
  for (Index k = 0; k < n_rows(); ++k) {
    for (Index o = 0; o < outputs; ++o) {
      fitted[k * outputs + o] = all[o * data_.x.rows + rows_[k]] / reduced_alpha(alpha);
    }
  }
  return fitted;
}

template <Real T>
void WideProblem<T>::write(const std::vector<double>& reduced, double* coef,
                           double* intercept) const {
  const Index p = data_.x.cols;
  const Index outputs = data_.n_outputs();
  const Index width = n_reduced();
  for (Index o = 0; o < outputs; ++o) {
    double* b = coef + o * p;
    for (std::size_t c = 0; c < free_.size(); ++c) {
      b[free_[c]] += reduced[o * width + n_rows() + c];
    }
    double shift = 0.0;  // c . (b - m)
    for (Index j = 0; j < p; ++j) shift += shift_[j] * (b[j] - prior_of(o, j));
    intercept[o] = options_.fit_intercept ? reduced[outputs * width + o] - shift : 0.0;
  }
}

template <Real T>
void WideProblem<T>::restore_intercepts(double* intercept) const {
  double mean = 0.0;
  for (std::size_t o = 0; o < offset_shift_.size(); ++o) {
    intercept[o] += offset_shift_[o];
    mean += intercept[o] / static_cast<double>(offset_shift_.size());
  }
  for (std::size_t o = 0; o < offset_shift_.size() && offset_shift_.size() > 1; ++o) {
    intercept[o] -= mean;
  }
}

template <Real T>
double WideProblem<T>::penalty(const double* coef, double alpha) const {
  double sum = 0.0;
  for (Index o = 0; o < data_.n_outputs(); ++o) {
    for (Index j = 0; j < data_.x.cols; ++j) {
      const double f = factor_of(j);
      const double distance = coef[o * data_.x.cols + j] - prior_of(o, j);
      if (distance != 0.0 && f > 0.0 && f < infinity) sum += f * distance * distance;
    }
  }
  return sum == 0.0 ? 0.0 : 0.5 * alpha * sum;
}

template class WideProblem<double>;
template class WideProblem<float>;

}  // namespace elltwo
