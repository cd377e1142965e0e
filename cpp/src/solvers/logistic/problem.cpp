#include "solvers/logistic/problem.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "gram/columns.hpp"
#include "gram/moments.hpp"
#include "solvers/logistic/class_means.hpp"
#include "solvers/logistic/intercepts.hpp"
#include "solvers/logistic/thresholds.hpp"
#include "solvers/logistic/validate.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

/// A sum of squares about the mean below this part of the sum about the shift has lost too many
/// digits: the columns are summed again about their means.
constexpr double tolerated_cancellation = 1e-8;

/// Passes that measure the columns: for the scale, for the mean, and some to spare for columns
/// whose mean in T is a rounding error away from that of the first shift.
constexpr int most_measurements = 8;

bool squares_in_range(double largest) {
  return largest < 1e140 && (largest == 0.0 || largest > 1e-140);
}

}  // namespace

template <Real T>
LogisticProblem<T>::LogisticProblem(const LogisticData<T>& data, const LogisticOptions& options,
                                    Monitor& monitor, LogisticMatrix* matrix)
    : data_(data), options_(options), monitor_(monitor), matrix_(matrix) {
  select_rows();
}

// Rows without weight are left out, whatever they hold.
template <Real T>
void LogisticProblem<T>::select_rows() {
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
  rows_.label.resize(rows_.n);
  for (Index k = 0; k < rows_.n; ++k) rows_.label[k] = data_.label[rows_.row(k)];
  weight_ = static_cast<double>(rows_.n);
  if (!w.empty()) {
    weight_scale_ = power_of_two_for(*std::max_element(w.begin(), w.end()));
    rows_.weight.resize(rows_.n);
    weight_ = 0.0;
    for (Index k = 0; k < rows_.n; ++k) {
      weight_ += rows_.weight[k] = w[rows_.row(k)] * weight_scale_;
    }
  }
  copy_offset();
}

template <Real T>
void LogisticProblem<T>::copy_offset() {
  if (data_.offset.empty()) return;
  const Index outputs = n_outputs();
  rows_.offset.resize(rows_.n * outputs);
  for (Index k = 0; k < rows_.n; ++k) {
    for (Index o = 0; o < outputs; ++o) {
      rows_.offset[o * rows_.n + k] = data_.offset[rows_.row(k) * outputs + o];
    }
  }
  const bool moves_intercepts = options_.fit_intercept && options_.max_iter > 0;
  offset_shift_ = centre_offsets({rows_.n, n_outputs(), rows_.label.data(), rows_.weights()},
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
Buffer<double> LogisticProblem<T>::pass(const LogisticRows& rows, const double* theta,
                                        const RowMap& map) const {
  if (matrix_ != nullptr) return matrix_->pass(n_outputs(), theta, map);
  return stream_pass(source(rows), n_outputs(), theta, map, options_.n_threads, monitor_);
}

template <Real T>
void LogisticProblem<T>::row(const LogisticRows& rows, Index k, std::span<const Index> columns,
                             double* x) const {
  if (matrix_ != nullptr) return matrix_->row(k, columns, x);
  const Index from = rows.row(k);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const Index j = columns[c];
    x[c] = 1.0;
    if (j == n_features()) continue;  // the intercept
    x[c] = (static_cast<double>(data_.x(from, j)) - shift_[j]) * scale_[j];
  }
}

template <Real T>
double LogisticProblem<T>::n_values() const {
  return matrix_ != nullptr ? matrix_->n_values() : static_cast<double>(rows_.n * cols());
}

// scale[j] times the power of two that brings `size`, in its units, near one, as far as T holds it.
template <Real T>
double LogisticProblem<T>::scale_to_one(Index j, double size) const {
  const int exponent = std::ilogb(scale_[j]) - std::ilogb(size);
  return std::ldexp(1.0, std::clamp(exponent, 1 - largest_exponent<T>, largest_exponent<T>));
}

// Sums the columns, and brings those into range whose squares leave that of the arithmetic. Returns
// whether there are any: the sums are of the scales before, then.
template <Real T>
bool LogisticProblem<T>::rescale_columns(const ColumnSums& sums) {
  bool rescaled = false;
  for (Index j = 0; j < n_features(); ++j) {
    const bool finite = std::isfinite(sums.sum[j]);
    if (finite && squares_in_range(sums.largest[j])) continue;
    if (!finite) {
      throw_if_not_finite(data_, monitor_);
      shift_[j] = 0.0;  // X is finite: differences of its largest numbers overflow
    }
    const double before = scale_[j];
    scale_[j] = scale_to_one(j, finite ? sums.largest[j] : std::numeric_limits<double>::max());
    rescaled = rescaled || scale_[j] != before || !finite;
  }
  return rescaled;
}

// Sums the columns, and again with other shifts and scales where squares leave the range of the
// arithmetic or the provisional shift is too far from the mean.
template <Real T>
void LogisticProblem<T>::measure_columns() {
  for (int pass = 0; pass < most_measurements; ++pass) {
    Source<T> plain = source(rows_);
    plain.ones = false;
    const auto sums = column_sums(plain, rows_.weights(), options_.n_threads, monitor_);
    if (!rescale_columns(sums) && centre_columns(sums)) return;
  }
}

// Sets shifts to the means, scales and sizes from sums of squares in range. False if a mean lay so
// far from its shift that digits have been lost.
template <Real T>
bool LogisticProblem<T>::centre_columns(const ColumnSums& sums) {
  bool accurate = true;
  column_size_.assign(cols(), std::sqrt(weight_));
  for (Index j = 0; j < n_features(); ++j) {
    double mean = options_.fit_intercept ? sums.sum[j] / weight_ : 0.0;
    const double centre = static_cast<double>(static_cast<T>(shift_[j] + mean / scale_[j]));
    mean = (centre - shift_[j]) * scale_[j];  // of the centre as rounded to T
    const double square = sums.squares[j] - 2.0 * mean * sums.sum[j] + mean * mean * weight_;
    shift_[j] = centre;
    accurate = accurate && !(square < tolerated_cancellation * sums.squares[j] && mean != 0.0);
    column_size_[j] = std::sqrt(std::max(square, 0.0));
    if (sums.largest[j] == 0.0 || column_size_[j] == 0.0) {
      column_size_[j] = 0.0;
      continue;
    }
    const double before = scale_[j];
    scale_[j] = scale_to_one(j, column_size_[j] / std::sqrt(weight_));
    column_size_[j] *= scale_[j] / before;
  }
  return accurate;
}

template <Real T>
void LogisticProblem<T>::measure_matrix() {
  auto frame = matrix_->prepare(rows_, options_.fit_intercept);
  shift_ = std::move(frame.shift);
  scale_ = std::move(frame.scale);
  column_size_ = std::move(frame.size);
  column_size_.resize(cols(), std::sqrt(weight_));
}

template <Real T>
void LogisticProblem<T>::prepare() {
  const Index p = n_features();
  if (matrix_ != nullptr) measure_matrix();
  else measure_dense();
  prior_.assign(data_.prior_mean.begin(), data_.prior_mean.end());
  for (std::size_t i = 0; i < prior_.size(); ++i) prior_[i] /= scale_[i % p];
}

template <Real T>
void LogisticProblem<T>::measure_dense() {
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
  measure_columns();
}

// alpha f_j in the user's units, where a factor of 0 or infinity wins over any alpha.
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
    const double value = penalty_in_units(raw, scale_[j], weight_scale_);
    const bool dwarfs = !(value <= dwarfing_penalty * column_size_[j] * column_size_[j]);
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
  if (prior_.empty() && options_.max_iter > 0) set_null_intercepts(theta);
  return theta;
}

// Offsets contain these intercepts already.
template <Real T>
void LogisticProblem<T>::set_null_intercepts(std::vector<double>& theta) const {
  if (!options_.fit_intercept || !rows_.offset.empty()) return;
  const auto intercept =
      null_intercepts({rows_.n, n_outputs(), rows_.label.data(), rows_.weights()});
  for (Index k = 0; k < n_outputs(); ++k) theta[k * cols() + n_features()] = intercept[k];
}

template <Real T>
bool LogisticProblem<T>::has_prior() const {
  return std::ranges::any_of(prior_, [](double m) { return m != 0.0; });
}

template <Real T>
std::vector<double> LogisticProblem<T>::null_origin() const {
  std::vector<double> theta(size(), 0.0);
  for (Index k = 0; k < n_outputs(); ++k) {
    for (Index j = 0; j < n_features(); ++j) {
      if (!moves(j)) theta[k * cols() + j] = prior(k, j);
    }
  }
  set_null_intercepts(theta);
  return theta;
}

template <Real T>
std::vector<double> LogisticProblem<T>::to_scaled(std::span<const double> given) const {
  std::vector<double> theta(size(), 0.0);
  const Index p = n_features();
  for (Index k = 0; k < n_outputs(); ++k) {
    double* row = theta.data() + k * cols();
    const double* b = given.data() + k * p;
    double shift = 0.0;  // c.b
    for (Index j = 0; j < p; ++j) {
      row[j] = moves(j) ? b[j] / scale_[j] : prior(k, j);
      shift += row[j] * scale_[j] * shift_[j];
    }
    if (options_.fit_intercept) row[p] = given[n_outputs() * p + k] - offset_shift(k) + shift;
  }
  return theta;
}

template <Real T>
void LogisticProblem<T>::centre_over_classes(std::vector<double>& theta) const {
  if (n_outputs() == 1) return;
  for (Index j = 0; j < cols(); ++j) {
    const bool has_prior = j < n_features() && !prior_.empty();
    const double* prior = has_prior ? prior_.data() + j : nullptr;
    subtract_mean({theta.data() + j, n_outputs(), cols()}, prior, n_features());
  }
}

template <Real T>
double LogisticProblem<T>::held_coef(Index k, Index j, const double* data_slope) const {
  const double prior = data_.prior_mean.empty() ? 0.0 : data_.prior_mean[k * n_features() + j];
  const double raw = raw_penalty(j, alpha_);
  if (raw == 0.0) return prior;
  return prior + quotient_in_units(data_slope[k * cols() + j], raw, scale_[j], weight_scale_);
}

template <Real T>
void LogisticProblem<T>::write(const double* theta, const double* data_slope, double* coef,
                               double* intercept) const {
  const Index p = n_features();
  for (Index k = 0; k < n_outputs(); ++k) {
    const double* row = theta + k * cols();
    double shift = 0.0;  // c.b
    for (Index j = 0; j < p; ++j) {
      const double b = moves(j) ? row[j] * scale_[j] : held_coef(k, j, data_slope);
      coef[k * p + j] = b;
      shift += b * shift_[j];
    }
    intercept[k] = options_.fit_intercept ? row[p] + offset_shift(k) - shift : 0.0;
  }
  if (n_outputs() > 1) subtract_mean({intercept, n_outputs(), 1});
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
    part.index.push_back(rows_.row(k));
    part.label.push_back(rows_.label[k]);
    part.weight.push_back(share * rows_.weight_of(k));
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
