#include "solvers/logistic_wide.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gram/gram.hpp"
#include "gram/moments.hpp"
#include "gram/stream.hpp"
#include "linalg/cholesky.hpp"
#include "model/logistic_loss.hpp"
#include "solvers/logistic_nearest.hpp"
#include "solvers/logistic_tall.hpp"
#include "solvers/logistic_validate.hpp"
#include "solvers/sum_over.hpp"

namespace elltwo {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Index enough_for_float = 256;  // rows; a smaller kernel costs less than reading X
constexpr int most_corrections = 6;
constexpr double correction_pace = 0.01;  // slower ones call for a kernel in double
constexpr Index some_features = 256;

template <Real T>
double factor_of(const LogisticData<T>& data, Index j) {
  return data.penalty_factors.empty() ? 1.0 : data.penalty_factors[static_cast<std::size_t>(j)];
}

}  // namespace

template <Real T>
bool WideLogistic<T>::suits(const LogisticData<T>& data) {
  Index penalised = 0;
  Index free = 0;
  for (Index j = 0; j < data.x.cols; ++j) {
    const double f = factor_of(data, j);
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
    const Index i = data.rows.empty() ? k : data.rows[static_cast<std::size_t>(k)];
    const auto row = static_cast<std::size_t>(i);
    const double w = data.sample_weight.empty() ? 1.0 : data.sample_weight[row];
    if (w == 0.0) continue;
    rows_.push_back(i);
    label_.push_back(data.label[row]);
    if (!data.sample_weight.empty()) weight_.push_back(w);
    for (Index o = 0; o < data.n_outputs(); ++o) {
      offset_.push_back(data.offset.empty()
                            ? 0.0
                            : data.offset[row * static_cast<std::size_t>(data.n_outputs()) +
                                          static_cast<std::size_t>(o)]);
    }
  }
}

template <Real T>
double WideLogistic<T>::weight(Index k) const {
  return weight_.empty() ? 1.0 : weight_[static_cast<std::size_t>(k)];
}

template <Real T>
void WideLogistic<T>::take_roles() {
  const Index p = data_.x.cols;
  row_scale_.assign(static_cast<std::size_t>(p), 0.0);
  for (Index j = 0; j < p; ++j) {
    const double f = factor_of(data_, j);
    if (f == 0.0) free_.push_back(j);
    if (f > 0.0 && f < infinity) row_scale_[static_cast<std::size_t>(j)] = 1.0 / std::sqrt(f);
  }
  factors_.assign(static_cast<std::size_t>(n_reduced()), 1.0);
  std::fill(factors_.begin() + n_rows(), factors_.end(), 0.0);
  shift_.assign(static_cast<std::size_t>(p), 0.0);
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
        offset_[static_cast<std::size_t>((k0 + k) * outputs + o)] += f[o * ld + k];
        f[o * ld + k] = 0.0;
      }
    }
  };
  Buffer<double> unused;
  return stream_pass(source, outputs, data_.prior_mean.data(), add, options_.n_threads, monitor_,
                     unused);
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
    const auto u = static_cast<std::size_t>(j);
    for (const Index i : rows_) {
      const double x = (static_cast<double>(data_.x(i, j)) - shift_[u]) * row_scale_[u];
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
  return gram<T, Products>(features(), options_.n_threads, monitor_, kernel_);
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
  if (n_rows() >= enough_for_float && !only_double_) {
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
  for (auto outcome = CholeskyOutcome::not_positive_definite; outcome != CholeskyOutcome::done;
       jitter *= 10.0) {
    for (Index c = 0; c < n; ++c) {
      const Index i = rows_[static_cast<std::size_t>(c)];
      for (Index r = c; r < n; ++r) {
        const Index l = rows_[static_cast<std::size_t>(r)];
        lower[c * n + r] = kernel_(std::min(i, l), std::max(i, l));
      }
      lower[c * n + c] += jitter;
    }
    outcome = cholesky(n, lower.data(), n, options_.n_threads, monitor_);
    if (outcome == CholeskyOutcome::interrupted) return false;
  }
  const Index width = n_reduced();
  reduced_x_ = Buffer<double>::zeros(n * width);
  for (Index k = 0; k < n; ++k) {
    double* row = reduced_x_.data() + k * width;
    for (Index c = 0; c <= k; ++c) row[c] = lower[c * n + k];
    for (std::size_t c = 0; c < free_.size(); ++c) {
      const Index i = rows_[static_cast<std::size_t>(k)];
      row[n + static_cast<Index>(c)] =
          static_cast<double>(data_.x(i, free_[c])) - shift_[static_cast<std::size_t>(free_[c])];
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

// The reduced problem, its predictors moved by `correction`.
template <Real T>
bool WideLogistic<T>::reduce(double alpha, const std::vector<double>& correction,
                             WideFit& fit) const {
  std::vector<double> offset = offset_;
  for (std::size_t i = 0; i < offset.size(); ++i) offset[i] += correction[i];
  const bool plain = std::all_of(offset.begin(), offset.end(), [](double o) { return o == 0.0; });
  auto data = reduced_data();
  if (!plain) data.offset = offset;
  const auto outputs = static_cast<std::size_t>(data_.n_outputs());
  const auto width = static_cast<std::size_t>(n_reduced());
  const std::vector<double> start = fit.reduced;
  fit.reduced.resize(outputs * (width + 1));
  const std::span<double> all(fit.reduced);
  const LogisticInfo before = fit.info;
  fit.info = logistic_tall<double>(data, {&alpha, 1}, options_, monitor_, start,
                                   all.first(outputs * width), all.subspan(outputs * width))
                 .front();
  fit.info.n_iter += before.n_iter;
  fit.info.n_passes = before.n_passes;
  if (fit.info.status == Status::interrupted) return false;
  fit.predictor = std::move(offset);
  fit.within.resize(fit.predictor.size());
  for (Index k = 0; k < n_rows(); ++k) {
    const double* x = reduced_x_.data() + k * n_reduced();
    for (std::size_t o = 0; o < outputs; ++o) {
      const double* c = fit.reduced.data() + o * width;
      const auto at = static_cast<std::size_t>(k) * outputs + o;
      fit.within[at] = sum_over(n_rows(), [&](Index j) { return x[j] * c[j]; });
      double z = fit.within[at] + fit.reduced[outputs * width + o];
      for (auto j = static_cast<std::size_t>(n_rows()); j < width; ++j) z += x[j] * c[j];
      fit.predictor[at] += z;
    }
  }
  return true;
}

// Negative derivatives of the loss at predictors z (rows x outputs), in the same layout.
template <Real T>
std::vector<double> WideLogistic<T>::residuals(const std::vector<double>& z, double& loss) const {
  const Index n = n_rows();
  const Index outputs = data_.n_outputs();
  std::vector<double> by_output(z.size());
  std::vector<double> by_row(z.size());
  const auto at = [&](Index k, Index o) { return static_cast<std::size_t>(k * outputs + o); };
  for (Index k = 0; k < n; ++k) {
    for (Index o = 0; o < outputs; ++o)
      by_output[static_cast<std::size_t>(o * n + k)] = z[at(k, o)];
  }
  const double* w = weight_.empty() ? nullptr : weight_.data();
  loss = outputs == 1
             ? binomial_terms(n, by_output.data(), label_.data(), w, nullptr)
             : multinomial_terms(outputs, n, by_output.data(), n, label_.data(), w, nullptr, 0);
  for (Index k = 0; k < n; ++k) {
    for (Index o = 0; o < outputs; ++o)
      by_row[at(k, o)] = by_output[static_cast<std::size_t>(o * n + k)];
  }
  return by_row;
}

// coef = m + F^-1 (X - 1 c^T)^T u and what it adds to the predictors, in one pass over the features.
template <Real T>
bool WideLogistic<T>::expand(const std::vector<double>& u, double* coef,
                             std::vector<double>& fitted) const {
  const Index outputs = data_.n_outputs();
  const Index p = data_.x.cols;
  auto of_rows = Buffer<double>::zeros(outputs * data_.x.rows);
  for (Index k = 0; k < n_rows(); ++k) {
    for (Index o = 0; o < outputs; ++o) {
      of_rows[o * data_.x.rows + rows_[static_cast<std::size_t>(k)]] +=
          u[static_cast<std::size_t>(k * outputs + o)];
    }
  }
  const auto to_coef = [&](Index k0, Index kc, double* f, Index ld) {
    for (Index o = 0; o < outputs; ++o) {
      for (Index k = 0; k < kc; ++k) {
        const auto j = static_cast<std::size_t>(k0 + k);
        const auto at = static_cast<std::size_t>(o * p) + j;
        const double prior = data_.prior_mean.empty() ? 0.0 : data_.prior_mean[at];
        coef[at] = prior + row_scale_[j] * f[o * ld + k];
      }
    }
  };
  Buffer<double> all;
  if (!stream_pass(features(), outputs, of_rows.data(), to_coef, options_.n_threads, monitor_,
                   all)) {
    return false;
  }
  fitted.resize(offset_.size());
  for (Index k = 0; k < n_rows(); ++k) {
    for (Index o = 0; o < outputs; ++o) {
      fitted[static_cast<std::size_t>(k * outputs + o)] =
          all[o * data_.x.rows + rows_[static_cast<std::size_t>(k)]];
    }
  }
  return true;
}

// Where the residuals of the predictors that u = r / alpha makes differ from r, the gradient does not
// vanish: |x_j . rho| <= |x_j| |rho|.
template <Real T>
double WideLogistic<T>::discrepancy(const std::vector<double>& r,
                                    const std::vector<double>& rho) const {
  double size = 0.0;
  double off = 0.0;
  for (std::size_t i = 0; i < r.size(); ++i) {
    const double w = weight(static_cast<Index>(i) / data_.n_outputs());
    size += r[i] * r[i] / w;
    off += (rho[i] - r[i]) * (rho[i] - r[i]) / w;
  }
  return off > 0.0 ? std::sqrt(off / size) : 0.0;
}

// The user's coefficients and intercepts of a fit whose penalised coefficients stand in coef.
template <Real T>
void WideLogistic<T>::write(const WideFit& fit, double* coef, double* intercept) const {
  const Index p = data_.x.cols;
  const auto outputs = static_cast<std::size_t>(data_.n_outputs());
  const auto width = static_cast<std::size_t>(n_reduced());
  for (std::size_t o = 0; o < outputs; ++o) {
    double* b = coef + o * static_cast<std::size_t>(p);
    const double* prior = data_.prior_mean.empty()
                              ? nullptr
                              : data_.prior_mean.data() + o * static_cast<std::size_t>(p);
    for (std::size_t c = 0; c < free_.size(); ++c) {
      b[free_[c]] += fit.reduced[o * width + static_cast<std::size_t>(n_rows()) + c];
    }
    double along = 0.0;
    for (Index j = 0; j < p; ++j) {
      along += shift_[static_cast<std::size_t>(j)] * (b[j] - (prior != nullptr ? prior[j] : 0.0));
    }
    intercept[o] = options_.fit_intercept ? fit.reduced[outputs * width + o] - along : 0.0;
  }
}

// Corrections: what the predictors of the reduced features lack is added to them as an offset.
template <Real T>
bool WideLogistic<T>::fit_one(double alpha, double* coef, WideFit& fit) const {
  const double reduced_alpha = this->reduced_alpha(alpha);
  std::vector<double> correction(offset_.size(), 0.0);
  double last = infinity;
  fit.info = {};
  for (int step = 0; step < most_corrections; ++step) {
    if (!reduce(reduced_alpha, correction, fit)) return false;
    double loss = 0.0;
    const auto r = residuals(fit.predictor, loss);
    std::vector<double> u(r.size());
    std::transform(r.begin(), r.end(), u.begin(), [&](double v) { return v / reduced_alpha; });
    std::vector<double> fitted;
    if (!expand(u, coef, fitted)) return false;
    ++fit.info.n_passes;
    std::vector<double> z(fitted.size());
    for (std::size_t i = 0; i < z.size(); ++i) {
      z[i] = fit.predictor[i] - correction[i] - fit.within[i] + fitted[i];
      correction[i] = fitted[i] - fit.within[i];
    }
    const double off = discrepancy(r, residuals(z, fit.info.loss));
    fit.info.optimality += off;
    if (fit.info.optimality <= options_.tol || !(off <= correction_pace * last)) break;
    last = off;
  }
  fit.info.tolerance = options_.tol;
  fit.info.status =
      fit.info.optimality <= options_.tol ? Status::converged : Status::max_iter_reached;
  return true;
}

// Without a penalty the reduced problem decides the predictors alone.
template <Real T>
bool WideLogistic<T>::fit_unpenalised(double* coef, double* intercept, WideFit& fit) const {
  const std::vector<double> none(offset_.size(), 0.0);
  if (!reduce(0.0, none, fit)) return false;
  fit.info.loss = fit.info.objective;
  std::vector<double> z = fit.predictor;
  for (std::size_t i = 0; i < z.size(); ++i) z[i] -= own_offset_[i];
  return nearest_coefficients(data_, rows_, z, options_, monitor_, coef, intercept);
}

template <Real T>
double WideLogistic<T>::penalty(const double* coef, double alpha) const {
  double sum = 0.0;
  for (Index o = 0; o < data_.n_outputs(); ++o) {
    for (Index j = 0; j < data_.x.cols; ++j) {
      const double f = factor_of(data_, j);
      const auto at = static_cast<std::size_t>(o * data_.x.cols + j);
      const double distance = coef[at] - (data_.prior_mean.empty() ? 0.0 : data_.prior_mean[at]);
      if (distance != 0.0 && f > 0.0 && f < infinity) sum += f * distance * distance;
    }
  }
  return sum == 0.0 ? 0.0 : 0.5 * alpha * sum;
}

template <Real T>
std::vector<LogisticInfo> WideLogistic<T>::fit(std::span<const double> alphas,
                                               std::span<double> coef,
                                               std::span<double> intercept) {
  std::vector<LogisticInfo> infos(alphas.size());
  WideFit fit;
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    const auto outputs = static_cast<std::size_t>(data_.n_outputs());
    double* b = coef.data() + a * outputs * static_cast<std::size_t>(data_.x.cols);
    double* b0 = intercept.data() + a * outputs;
    bool done = alphas[a] == 0.0 ? fit_unpenalised(b, b0, fit) : fit_one(alphas[a], b, fit);
    if (done && fit.info.status == Status::max_iter_reached && in_float_) {
      done = form_kernel<double>() && factor() && fit_one(alphas[a], b, fit);
    }
    if (!done) {
      for (auto& info : infos) info.status = Status::interrupted;
      return infos;
    }
    if (alphas[a] > 0.0) write(fit, b, b0);
    fit.info.objective = fit.info.loss + penalty(b, alphas[a]);
    fit.info.reason = "more penalised features than samples";
    infos[a] = fit.info;
  }
  return infos;
}

template class WideLogistic<double>;
template class WideLogistic<float>;

}  // namespace elltwo
