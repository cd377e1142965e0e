#include <algorithm>
#include <cmath>
#include <limits>

#include "gram/running_sums_step.hpp"

namespace elltwo {
namespace {

/// A few rows about their mean.
struct FewRows {
  RowsInSum sums;
  std::vector<double> deviation;  ///< value - mean (rows x columns)
  std::vector<double> weight;     ///< of each row
  bool sound = true;              ///< all values are finite and no weight is negative
};

template <Real S>
FewRows few_rows(MatrixView<S> x, MatrixView<double> y, const double* weight,
                 const SumUnits& units) {
  const Index n = x.rows, p = x.cols, cols = p + y.cols;
  FewRows few;
  few.deviation.resize(n * cols);
  auto& sums = few.sums;
  Index first = 0;
  for (Index k = 0; k < n; ++k) {
    const double w = weight != nullptr ? weight[k] * units.weight : units.weight;
    few.sound &= w >= 0.0 && std::isfinite(w);
    if (w > 0.0 && sums.n_rows++ == 0) first = k;
    few.weight.push_back(w);
    sums.weight.add(w);
  }
  sums.weight = sums.weight.normalised();
  const double total = sums.weight.value();
  const auto terms = static_cast<double>(n);
  for (Index j = 0; j < cols; ++j) {
    const double scale = units.column[j];
    const auto value = [&](Index k) {
      return scale * (j < p ? static_cast<double>(x(k, j)) : y(k, j - p));
    };
    const double base = value(first);
    double sum = 0.0, size = 0.0, probe = 0.0;
    for (Index k = 0; k < n; ++k) {
      const double v = value(k), d = v - base, w = few.weight[k];
      few.deviation[k * cols + j] = d;
      probe += v - v;  // zero, or NaN for what is not finite
      sum += w * d;
      size += w * std::abs(d);
    }
    few.sound &= probe == 0.0;
    DoubleDouble mean{base, 0.0};
    mean.add(sum / total);
    sums.mean.push_back(mean.normalised());
    double square = 0.0;
    for (Index k = 0; k < n; ++k) {
      double& d = few.deviation[k * cols + j];
      d -= sum / total;
      square += few.weight[k] * d * d;
    }
    sums.square.push_back(square);
    sums.square_error.push_back(2.0 * unit_roundoff * (terms + 4.0) * square);
    sums.sum_error.push_back(unit_roundoff * (terms + 4.0) * size);
  }
  return few;
}

}  // namespace

template <Real S>
bool RunningSums::add_few(MatrixView<S> x, MatrixView<double> y, const double* weight) {
  if (empty() || x.rows == 0) return false;
  const auto few = few_rows(x, y, weight, units_);
  if (!few.sound || few.sums.n_rows == 0) return false;
  auto step = step_to(few.sums, 1.0);
  if (!in_range(step, few.sums)) return false;
  const Index n = cols();
  std::vector<double> products(n);
  accumulate(step, 1.0, [&](Index i) -> const double* {
    if (few.sums.n_rows == 1) return nullptr;
    const std::size_t end = i < n_features_ ? n : i + 1;
    std::fill(products.begin() + i, products.end(), 0.0);
    for (std::size_t k = 0; k < few.weight.size(); ++k) {
      const double* d = few.deviation.data() + k * n;
      const double times = few.weight[k] * d[i];
      for (std::size_t j = i; j < end; ++j) products[j] += times * d[j];
    }
    return products.data();
  });
  take_step(std::move(step));
  return true;
}

template bool RunningSums::add_few<double>(MatrixView<double>, MatrixView<double>, const double*);
template bool RunningSums::add_few<float>(MatrixView<float>, MatrixView<double>, const double*);

RunningSums RunningSums::copy() const {
  RunningSums result(n_features_, n_targets());
  result.units_ = units_;
  result.rows_ = rows_;
  if (high_.cols() > 0) result.high_ = high_.copy();
  if (low_.size() > 0) {
    result.low_ = Buffer<double>(low_.size());
    std::copy_n(low_.data(), low_.size(), result.low_.data());
  }
  return result;
}

RunningSums RunningSums::empty_like() const {
  RunningSums result(n_features_, n_targets());
  result.units_ = units_;
  return result;
}

void RunningSums::multiply(double factor) {
  if (empty()) return;
  int exponent = std::ilogb(factor);
  const double mantissa = std::ldexp(factor, -exponent);
  const double order = std::log2(rows_.weight.value()) + exponent;
  for (Index i = 0; i < cols() && high_.cols() > 0; ++i) {
    const Index end = i < n_features_ ? cols() : i + 1;
    for (Index j = i; j < end; ++j) {
      high_.data()[i * high_.ld() + j] *= mantissa;
      if (low_.size() > 0) low_[i * high_.ld() + j] *= mantissa;
    }
  }
  rows_.weight = rows_.weight.times(mantissa);
  for (std::size_t j = 0; j < rows_.square.size(); ++j) {
    rows_.square_error[j] = (rows_.square_error[j] + unit_roundoff * rows_.square[j]) * mantissa;
    rows_.sum_error[j] *= mantissa;
  }
  // What the sums cannot be multiplied with and stay within range goes into the unit of weights.
  constexpr double range = 190.0;
  if (std::abs(order) > range) {
    units_.weight = std::ldexp(units_.weight, -exponent);
    exponent = 0;
  }
  if (exponent != 0) {
    rescale(std::vector<int>(units_.column.size(), 0), exponent);
    units_.weight = std::ldexp(units_.weight, -exponent);
  }
  update_squares();
}

RunningSums RunningSums::select(std::span<const Index> features,
                                std::span<const Index> targets) const {
  const auto p = static_cast<Index>(features.size());
  RunningSums result(p, static_cast<Index>(targets.size()));
  std::vector<Index> from(features.begin(), features.end());
  from.insert(from.end(), targets.begin(), targets.end());
  result.units_.weight = units_.weight;
  result.rows_.n_rows = rows_.n_rows;
  result.rows_.weight = rows_.weight;
  for (std::size_t j = 0; j < from.size(); ++j) {
    const Index u = from[j];
    result.units_.column[j] = units_.column[u];
    result.rows_.mean[j] = rows_.mean[u];
    result.rows_.square_error[j] = rows_.square_error[u];
    result.rows_.sum_error[j] = rows_.sum_error[u];
  }
  if (high_.cols() > 0) result.make_low();
  for (Index a = 0; a < result.cols() && high_.cols() > 0; ++a) {
    const Index end = a < p ? result.cols() : a + 1;
    for (Index b = a; b < end; ++b) {
      const auto [i, j] = std::minmax(from[a], from[b]);
      result.high_.data()[a * result.high_.ld() + b] = high_(i, j);
      result.low_[a * result.high_.ld() + b] = low_at(i, j);
    }
  }
  result.update_squares();
  return result;
}

ScaledMoments RunningSums::moments(bool centred, bool with_means, SumUnits& units) const {
  units = units_;
  const Index n = cols();
  const double weight = rows_.weight.value();
  std::vector<int> change(units_.column.size(), 0);
  std::vector<double> mean;
  for (std::size_t j = 0; j < change.size(); ++j) {
    const double level = rows_.mean[j].value();
    if (with_means || !centred) {
      const double size = std::max(std::sqrt(rows_.square[j] / weight), std::abs(level));
      const double square = weight * size * size;
      const bool fine = square >= lowest_square && square <= highest_square;
      if (!fine) change[j] = unit_change(units.column[j], size);
    }
    units.column[j] = std::ldexp(units.column[j], change[j]);
    mean.push_back(std::ldexp(level, change[j]));
  }
  Buffer<double> gram(n * n);
  for (Index i = 0; i < n; ++i) {
    const Index end = i < n_features_ ? n : i + 1;
    for (Index j = i; j < n; ++j) {
      double value = j < end ? product(i, j) : 0.0;
      if (change[i] + change[j] != 0) value = std::ldexp(value, change[i] + change[j]);
      if (!centred && j < end) value += weight * mean[i] * mean[j];
      gram[i * n + j] = value;
    }
  }
  const std::vector<double> zeros(mean.size(), 0.0);
  const auto& level = centred ? mean : zeros;
  return {.n_features = n_features_,
          .n_targets = n_targets(),
          .weight = centred ? weight : 0.0,
          .gram = GramMatrix(n, n, std::move(gram)),
          .x_mean = {level.begin(), level.begin() + n_features_},
          .y_mean = {level.begin() + n_features_, level.end()}};
}

}  // namespace elltwo
