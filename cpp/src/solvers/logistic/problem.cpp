#include "solvers/logistic/problem.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "gram/columns.hpp"
#include "gram/moments.hpp"
#include "parallel/interruption.hpp"
#include "solvers/logistic/intercepts.hpp"
#include "solvers/logistic/thresholds.hpp"
#include "solvers/logistic/validate.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr double tolerated_loss = 1e-8;  // of a variance about a shift far from the mean

double power_of_two_near(double x) { return std::ldexp(1.0, std::ilogb(x)); }

bool squares_in_range(double largest) {
  return largest < 1e140 && (largest == 0.0 || largest > 1e-140);
}

}  // namespace

template <Real T>
LogisticProblem<T>::LogisticProblem(const LogisticData<T>& data, const LogisticOptions& options,
                                    Monitor& monitor)
    : data_(data), options_(options), monitor_(monitor) {
  take_rows();
}

// Rows without weight are left out, whatever they hold.
template <Real T>
void LogisticProblem<T>::take_rows() {
  const auto& w = data_.sample_weight;
  const auto weightless = [&](Index i) { return !w.empty() && w[i] == 0.0; };
  const bool some_out = std::any_of(w.begin(), w.end(), [](double v) { return v == 0.0; });
  if (!data_.rows.empty() || some_out) {
    const auto all = static_cast<Index>(data_.rows.empty() ? w.size() : data_.rows.size());
    for (Index k = 0; k < all; ++k) {
      const Index i = data_.rows.empty() ? k : data_.rows[k];
      if (!weightless(i)) rows_.index.push_back(i);
    }
    rows_.n = static_cast<Index>(rows_.index.size());
  } else {
    rows_.n = data_.x.rows;
  }
  const auto row = [&](Index k) { return rows_.index.empty() ? k : rows_.index[k]; };
  rows_.label.resize(rows_.n);
  for (Index k = 0; k < rows_.n; ++k) rows_.label[k] = data_.label[row(k)];
  weight_ = static_cast<double>(rows_.n);
  if (!w.empty()) {
    weight_scale_ = 1.0 / power_of_two_near(*std::max_element(w.begin(), w.end()));
    rows_.weight.resize(rows_.n);
    weight_ = 0.0;
    for (Index k = 0; k < rows_.n; ++k) {
      weight_ += rows_.weight[k] = w[row(k)] * weight_scale_;
    }
  }
  take_offset();
}

template <Real T>
void LogisticProblem<T>::take_offset() {
  if (data_.offset.empty()) return;
  const Index outputs = n_outputs();
  rows_.offset.resize(rows_.n * outputs);
  for (Index k = 0; k < rows_.n; ++k) {
    const Index i = rows_.index.empty() ? k : rows_.index[k];
    for (Index o = 0; o < outputs; ++o) {
      rows_.offset[o * rows_.n + k] = data_.offset[i * outputs + o];
    }
  }
  const bool moves_intercepts = options_.fit_intercept && options_.max_iter > 0;
  offset_shift_ = centre_offsets(rows_.n, n_classes(), rows_.label.data(), rows_.weights(),
                                 moves_intercepts, {rows_.offset.data(), 1, rows_.n});
}

template <Real T>
Source<T> LogisticProblem<T>::source(const LogisticRows& rows, const double* row_scale) const {
  auto x = data_.x;
  x.rows = rows.n;
  return {.x = x,
          .row_index = rows.indices(),
          .col_shift = shift_.data(),
          .col_scale = scale_.data(),
          .row_scale = row_scale,
          .ones = options_.fit_intercept};
}

template <Real T>
bool LogisticProblem<T>::take_columns() {
  const Index p = n_features();
  ColumnSums sums;
  Source<T> plain = source(rows_);
  plain.ones = false;
  const auto take = [&] {
    sums = column_sums(plain, rows_.weights(), options_.n_threads, monitor_);
  };
  if (!completed(take)) return false;
  bool again = false;
  for (Index j = 0; j < p; ++j) {
    if (std::isfinite(sums.sum[j]) && squares_in_range(sums.largest[j])) continue;
    if (!std::isfinite(sums.sum[j])) {
      throw_if_not_finite(data_);
      shift_[j] = 0.0;  // differences of the largest numbers overflow
      sums.largest[j] = std::numeric_limits<double>::max();
    }
    scale_[j] /= power_of_two_near(sums.largest[j]);
    again = true;
  }
  if (again) return take_columns();
  column_size_.assign(cols(), std::sqrt(weight_));
  for (Index j = 0; j < p; ++j) {
    double mean = options_.fit_intercept ? sums.sum[j] / weight_ : 0.0;
    const double centre = static_cast<double>(static_cast<T>(shift_[j] + mean / scale_[j]));
    mean = (centre - shift_[j]) * scale_[j];  // the shift that is applied, not a nearby one
    const double square = sums.squares[j] - 2.0 * mean * sums.sum[j] + mean * mean * weight_;
    shift_[j] = centre;
    again = again || (square < tolerated_loss * sums.squares[j] && mean != 0.0);
    column_size_[j] = std::sqrt(std::max(square, 0.0));
    if (sums.largest[j] == 0.0 || column_size_[j] == 0.0) {
      column_size_[j] = 0.0;
      continue;
    }
    const double unit = 1.0 / power_of_two_near(column_size_[j] / std::sqrt(weight_));
    scale_[j] *= unit;
    column_size_[j] *= unit;
  }
  return again ? take_columns() : true;
}

template <Real T>
bool LogisticProblem<T>::prepare() {
  const Index p = n_features();
  scale_.assign(p, 1.0);
  shift_.assign(p, 0.0);
  if (options_.fit_intercept) {
    auto first = data_.x;
    if (!rows_.index.empty()) {
      first.data += rows_.index.front() * first.row_stride;
      first.rows = 1;
    }
    shift_ = provisional_mean(first, nullptr);
  }
  if (!take_columns()) return false;
  prior_.assign(data_.prior_mean.begin(), data_.prior_mean.end());
  for (std::size_t i = 0; i < prior_.size(); ++i) prior_[i] /= scale_[i % p];
  return true;
}

template <Real T>
double LogisticProblem<T>::raw_penalty(Index j, double alpha) const {
  const auto& factors = data_.penalty_factors;
  const double f = factors.empty() ? 1.0 : factors[j];
  if (f == 0.0 || std::isinf(f)) return f;
  if (alpha == 0.0 || std::isinf(alpha)) return alpha;
  return alpha * f;
}

template <Real T>
void LogisticProblem<T>::set_alpha(double alpha) {
  alpha_ = alpha;
  has_free_features_ = false;
  penalty_.resize(n_features());
  for (Index j = 0; j < n_features(); ++j) {
    const double raw = raw_penalty(j, alpha);
    const double value = raw == 0.0 ? 0.0 : raw * weight_scale_ * scale_[j] * scale_[j];
    const bool dwarfs = !(value <= dwarfing * column_size_[j] * column_size_[j]);
    penalty_[j] = column_size_[j] == 0.0 || dwarfs ? infinity : value;
    has_free_features_ = has_free_features_ || penalty_[j] == 0.0;
  }
}

template <Real T>
std::vector<double> LogisticProblem<T>::origin() const {
  std::vector<double> theta(size(), 0.0);
  const Index p = n_features();
  for (Index k = 0; k < n_outputs(); ++k) {
    for (Index j = 0; j < p; ++j) theta[k * cols() + j] = prior(k, j);
  }
  const bool plain = rows_.offset.empty() && prior_.empty() && options_.max_iter > 0;
  if (!options_.fit_intercept || !plain) return theta;
  const auto alone =
      intercepts_alone(rows_.n, n_classes(), rows_.label.data(), rows_.weights(), {});
  for (Index k = 0; k < n_outputs(); ++k) {
    theta[k * cols() + p] = alone[k];
  }
  return theta;
}

template <Real T>
std::vector<double> LogisticProblem<T>::scaled(std::span<const double> start) const {
  std::vector<double> theta(size(), 0.0);
  const Index p = n_features();
  for (Index k = 0; k < n_outputs(); ++k) {
    double* row = theta.data() + k * cols();
    const double* b = start.data() + k * p;
    double along = 0.0;
    for (Index j = 0; j < p; ++j) {
      row[j] = moves(j) ? b[j] / scale_[j] : prior(k, j);
      along += row[j] * scale_[j] * shift_[j];
    }
    if (options_.fit_intercept) row[p] = start[n_outputs() * p + k] - offset_shift(k) + along;
  }
  return theta;
}

template <Real T>
void LogisticProblem<T>::level(std::vector<double>& theta) const {
  const Index outputs = n_outputs();
  for (Index j = 0; j < cols() && outputs > 1; ++j) {
    const auto at = [&](Index k) { return k * cols() + j; };
    double sum = 0.0;
    for (Index k = 0; k < outputs; ++k) {
      sum += theta[at(k)] - (j < n_features() ? prior(k, j) : 0.0);
    }
    for (Index k = 0; k < outputs; ++k) theta[at(k)] -= sum / static_cast<double>(outputs);
  }
}

template <Real T>
void LogisticProblem<T>::write(const double* theta, const double* data_slope, double* coef,
                               double* intercept) const {
  const Index p = n_features();
  for (Index k = 0; k < n_outputs(); ++k) {
    const double* row = theta + k * cols();
    double along = 0.0;
    for (Index j = 0; j < p; ++j) {
      double b = row[j] * scale_[j];
      if (!moves(j)) {
        const Index at = k * p + j;
        const double slope = data_slope[k * cols() + j] / (weight_scale_ * scale_[j]);
        const double raw = raw_penalty(j, alpha_);
        b = data_.prior_mean.empty() ? 0.0 : data_.prior_mean[at];
        if (raw > 0.0 && slope != 0.0) b += slope / raw;
      }
      coef[k * p + j] = b;
      along += b * shift_[j];
    }
    intercept[k] = options_.fit_intercept ? row[p] + offset_shift(k) - along : 0.0;
  }
  if (n_outputs() == 1) return;
  const double mean =
      std::accumulate(intercept, intercept + n_outputs(), 0.0) / static_cast<double>(n_outputs());
  for (Index k = 0; k < n_outputs(); ++k) intercept[k] -= mean;
}

template <Real T>
LogisticRows LogisticProblem<T>::sample(Index m) const {
  LogisticRows part;
  part.n = m;
  const double share = static_cast<double>(rows_.n) / static_cast<double>(m);
  std::uint64_t state = 0x9E3779B97F4A7C15u;
  for (Index s = 0; s < m; ++s) {
    state ^= state << 13;  // xorshift (Marsaglia 2003)
    state ^= state >> 7;
    state ^= state << 17;
    const Index begin = s * rows_.n / m;
    const Index length = (s + 1) * rows_.n / m - begin;
    const Index k = begin + static_cast<Index>(state % static_cast<std::uint64_t>(length));
    part.index.push_back(rows_.index.empty() ? static_cast<Index>(k) : rows_.index[k]);
    part.label.push_back(rows_.label[k]);
    part.weight.push_back(share * (rows_.weight.empty() ? 1.0 : rows_.weight[k]));
    for (Index o = 0; !rows_.offset.empty() && o < n_outputs(); ++o) {
      part.offset.resize(n_outputs() * m);
      part.offset[o * m + s] = rows_.offset[(o * rows_.n) + k];
    }
  }
  return part;
}

template class LogisticProblem<double>;
template class LogisticProblem<float>;

}  // namespace elltwo
