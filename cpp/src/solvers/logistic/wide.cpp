#include "solvers/logistic/wide.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gram/stream.hpp"
#include "model/logistic_loss.hpp"
#include "parallel/interruption.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/logistic/nearest.hpp"
#include "solvers/logistic/tall.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr int most_corrections = 6;
constexpr double correction_pace = 0.01;  // slower ones call for a kernel in double
// Part of the tolerance that the reduced problem is held to: residuals over a small alpha are coefficients,
// and what is left of its gradient grows with them.
constexpr double reduced_share = 1e-3;
constexpr double least_tol = 1e-14;

}  // namespace

// The reduced problem, its predictors moved by `correction`.
template <Real T>
bool WideLogistic<T>::reduce(double alpha, const std::vector<double>& correction,
                             WideFit& fit) const {
  std::vector<double> offset = offset_;
  for (std::size_t i = 0; i < offset.size(); ++i) offset[i] += correction[i];
  const bool plain = std::all_of(offset.begin(), offset.end(), [](double o) { return o == 0.0; });
  auto data = reduced_data();
  if (!plain) data.offset = offset;
  const Index outputs = data_.n_outputs();
  const Index width = n_reduced();
  const std::vector<double> start = fit.reduced;
  fit.reduced.resize(outputs * (width + 1));
  const std::span<double> all(fit.reduced);
  const LogisticInfo before = fit.info;
  LogisticOptions options = options_;
  options.tol = std::max(std::min(least_tol, options_.tol), reduced_share * options_.tol);
  fit.info = logistic_tall<double>(data, {&alpha, 1}, options, monitor_, start,
                                   all.first(outputs * width), all.subspan(outputs * width))
                 .front();
  fit.info.n_iter += before.n_iter;
  fit.info.n_passes = before.n_passes;
  if (fit.info.status == Status::interrupted) return false;
  fit.predictor = std::move(offset);
  fit.within.resize(fit.predictor.size());
  for (Index k = 0; k < n_rows(); ++k) {
    const double* x = reduced_x_.data() + k * n_reduced();
    for (Index o = 0; o < outputs; ++o) {
      const double* c = fit.reduced.data() + o * width;
      const Index at = k * outputs + o;
      fit.within[at] = sum_over(n_rows(), [&](Index j) { return x[j] * c[j]; });
      double z = fit.within[at] + fit.reduced[outputs * width + o];
      for (Index j = n_rows(); j < width; ++j) z += x[j] * c[j];
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

// coef = m + F^-1 (X - 1 c^T)^T r / alpha and what it adds to the predictors, in one pass over the features.
// Factors of a size that no product holds are applied one by one.
template <Real T>
bool WideLogistic<T>::expand(const std::vector<double>& r, double alpha, double* coef,
                             std::vector<double>& fitted) const {
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
        const Index at = o * p + j;
        const double prior = data_.prior_mean.empty() ? 0.0 : data_.prior_mean[at];
        const double step = f[o * ld + k] / weight_scale_ * (row_scale_[j] / scale_);
        coef[at] = prior + step / scale_ / alpha;
      }
    }
  };
  Buffer<double> all;
  const auto pass = [&] {
    all = stream_pass(features(), outputs, of_rows.data(), to_coef, options_.n_threads, monitor_);
  };
  if (!completed(pass)) return false;
  fitted.resize(offset_.size());
  for (Index k = 0; k < n_rows(); ++k) {
    for (Index o = 0; o < outputs; ++o) {
      fitted[k * outputs + o] = all[o * data_.x.rows + rows_[k]] / reduced_alpha(alpha);
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
  const Index outputs = data_.n_outputs();
  const Index width = n_reduced();
  for (Index o = 0; o < outputs; ++o) {
    double* b = coef + o * p;
    const double* prior = data_.prior_mean.empty() ? nullptr : data_.prior_mean.data() + o * p;
    for (std::size_t c = 0; c < free_.size(); ++c) {
      b[free_[c]] += fit.reduced[o * width + n_rows() + c];
    }
    double along = 0.0;
    for (Index j = 0; j < p; ++j) {
      along += shift_[j] * (b[j] - (prior != nullptr ? prior[j] : 0.0));
    }
    intercept[o] = options_.fit_intercept ? fit.reduced[outputs * width + o] - along : 0.0;
  }
}

template <Real T>
void WideLogistic<T>::restore_intercepts(double* intercept) const {
  double mean = 0.0;
  for (std::size_t o = 0; o < offset_shift_.size(); ++o) {
    intercept[o] += offset_shift_[o];
    mean += intercept[o] / static_cast<double>(offset_shift_.size());
  }
  for (std::size_t o = 0; o < offset_shift_.size() && offset_shift_.size() > 1; ++o)
    intercept[o] -= mean;
}

// Corrections: what the predictors of the reduced features lack is added to them as an offset.
template <Real T>
bool WideLogistic<T>::fit_one(double alpha, double* coef, WideFit& fit) const {
  std::vector<double> correction(offset_.size(), 0.0);
  double last = infinity;
  fit.info = {};
  for (int step = 0; step < most_corrections; ++step) {
    if (!reduce(reduced_alpha(alpha), correction, fit)) return false;
    double loss = 0.0;
    const auto r = residuals(fit.predictor, loss);
    std::vector<double> fitted;
    if (!expand(r, alpha, coef, fitted)) return false;
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
      const double f = wide_factor(data_, j);
      const Index at = o * data_.x.cols + j;
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
    const Index outputs = data_.n_outputs();
    double* b = coef.data() + a * outputs * data_.x.cols;
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
    restore_intercepts(b0);
    fit.info.loss /= weight_scale_;
    fit.info.objective = fit.info.loss + penalty(b, alphas[a]);
    fit.info.reason = "more penalised features than samples";
    infos[a] = fit.info;
  }
  return infos;
}

template class WideLogistic<double>;
template class WideLogistic<float>;

}  // namespace elltwo
