#include "solvers/ridge_path/units.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "parallel/interruption.hpp"
#include "solvers/ridge/validate.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

// Penalties in units lie within these, so that their products with numbers of ordinary size do.
constexpr double least_alpha = 1e-300, largest_alpha = 1e300;
// The exponent of a size of zero.
constexpr int of_zero = -1000000;

int binary_exponent(double size) { return size > 0.0 ? std::ilogb(size) : of_zero; }

// Half an exponent, rounded down, and the even number that is nearest to minus an exponent.
int half_of(int exponent) { return exponent >= 0 ? exponent / 2 : -((1 - exponent) / 2); }
int even_inverse(int exponent) { return -2 * half_of(exponent); }

// 2^exponent times a value; the largest number in the place of infinity.
template <Real T>
T times_power(T value, int exponent) {
  constexpr double most = std::numeric_limits<T>::max();
  return static_cast<T>(std::clamp(std::ldexp(static_cast<double>(value), exponent), -most, most));
}

// The exponent of the largest root(w_i) |v_i - v_reference|, and that of |v_i| if reference is
// negative. Halves are subtracted, so that differences stay finite.
template <Real T>
int size_exponent(MatrixView<T> column, std::span<const double> root_weight, Index reference) {
  const double from = reference < 0 ? 0.0 : static_cast<double>(column(reference, 0));
  double largest = 0.0;
  for (Index i = 0; i < column.rows; ++i) {
    const double value = static_cast<double>(column(i, 0));
    const double difference = value - from;
    const double half =
        std::isfinite(difference) ? 0.5 * std::abs(difference) : std::abs(0.5 * value - 0.5 * from);
    largest = std::max(largest, root_weight.empty() ? half : root_weight[i] * half);
  }
  return largest > 0.0 ? binary_exponent(largest) + 1 : of_zero;
}

std::vector<int> size_exponents(const SparseRows<double>& x, std::span<const double> root_weight) {
  std::vector<double> largest(x.cols, 0.0);
  for (Index i = 0; i < x.rows; ++i) {
    const double root = root_weight.empty() ? 1.0 : root_weight[i];
    for (Index e = x.start[i]; e < x.start[i + 1]; ++e) {
      double& size = largest[x.column[e]];
      size = std::max(size, root * std::abs(x.value[e]));
    }
  }
  std::vector<int> exponents;
  for (const double size : largest) exponents.push_back(binary_exponent(size));
  return exponents;
}

}  // namespace

bool PathUnits::has(double given) const {
  const double scaled = std::ldexp(given, penalty());
  return given == 0.0 || std::isinf(given) || (scaled >= least_alpha && scaled <= largest_alpha);
}

double PathUnits::alpha(double given) const {
  if (given == 0.0 || std::isinf(given)) return given;
  return std::clamp(std::ldexp(given, penalty()), least_alpha, largest_alpha);
}

void PathUnits::restore_coefficients(std::span<double> coef, Index n_features) const {
  for (std::size_t k = 0; k < coef.size(); ++k) {
    const std::size_t t = k / static_cast<std::size_t>(n_features) % y.size();
    coef[k] = std::ldexp(coef[k], x - y[t]);
  }
}

void PathUnits::restore_intercepts(std::span<double> intercept) const {
  for (std::size_t k = 0; k < intercept.size(); ++k) {
    intercept[k] = std::ldexp(intercept[k], -y[k % y.size()]);
  }
}

void PathUnits::restore_squared_errors(std::span<double> sse) const {
  for (std::size_t k = 0; k < sse.size(); ++k) {
    sse[k] = std::ldexp(sse[k], -squared_error(static_cast<Index>(k % y.size())));
  }
}

void PathUnits::restore_eigenvalues(std::span<double> s) const {
  for (double& value : s) value = std::ldexp(value, -penalty());
}

void require_beside_ones(double features, double ones, double noise) {
  constexpr double far = 4.0;
  if (features > far * noise * ones) return;
  throw std::invalid_argument(
      "X must not be so small beside the column of ones of a penalised intercept that it is lost "
      "in the rounding of a path; fit single alphas, or scale X");
}

template <Real T>
std::vector<double> DataInUnits<T>::alphas(std::span<const double> given) const {
  std::vector<double> result;
  for (const double alpha : given) result.push_back(units_.alpha(alpha));
  return result;
}

// The largest penalised column over the root of its factor, or the largest of all if none is
// penalised, decides.
template <Real T>
void DataInUnits<T>::choose_x(std::span<const int> size_exponents, const RidgeOptions& options) {
  const auto factor = [&](std::size_t j) {
    return data_.penalty_factors.empty() ? 1.0 : data_.penalty_factors[j];
  };
  double largest_factor = 0.0;
  for (std::size_t j = 0; j < size_exponents.size(); ++j) {
    if (std::isfinite(factor(j))) largest_factor = std::max(largest_factor, factor(j));
  }
  if (largest_factor > 0.0) units_.factor = even_inverse(binary_exponent(largest_factor));
  int penalised = of_zero, any = of_zero;
  for (std::size_t j = 0; j < size_exponents.size(); ++j) {
    if (std::isinf(factor(j)) || size_exponents[j] == of_zero) continue;
    any = std::max(any, size_exponents[j]);
    if (factor(j) == 0.0) continue;
    penalised = std::max(penalised,
                         size_exponents[j] - half_of(binary_exponent(factor(j)) + units_.factor));
  }
  const int largest = penalised != of_zero ? penalised : any;
  units_.x = largest != of_zero ? -largest : 0;
  if (options.fit_intercept && options.penalize_intercept) {
    data_.intercept_factor = std::ldexp(data_.intercept_factor, units_.factor - 2 * units_.x);
  }
}

template <Real T>
void DataInUnits<T>::scale_penalty() {
  for (const double f : data_.penalty_factors) {
    factors_.push_back(std::isinf(f) ? f : std::ldexp(f, units_.factor));
  }
  const auto p = static_cast<std::size_t>(data_.x.cols);
  for (std::size_t k = 0; k < data_.prior_mean.size(); ++k) {
    prior_.push_back(std::ldexp(data_.prior_mean[k], units_.y[k / p] - units_.x));
    if (!std::isfinite(prior_.back())) {
      throw std::invalid_argument(
          "prior_mean must be within the range of double in units of y over X");
    }
  }
  data_.penalty_factors = factors_;
  data_.prior_mean = prior_;
}

template <Real T>
DataInUnits<T>::DataInUnits(const RidgeData<T>& given, const SparseRows<T>* sparse,
                            const RidgeOptions& options, Monitor& monitor)
    : data_(given) {
  throw_if_not_finite(given, monitor);
  const Index n = given.x.rows;
  Index heaviest = 0;
  std::vector<double> root_weight;
  if (!given.sample_weight.empty()) {
    const auto largest = std::ranges::max_element(given.sample_weight);
    heaviest = largest - given.sample_weight.begin();
    units_.weight = even_inverse(binary_exponent(*largest));
    for (const double w : given.sample_weight) {
      weight_.push_back(std::ldexp(w, units_.weight));
      root_weight.push_back(std::sqrt(weight_.back()));
    }
    data_.sample_weight = weight_;
  }
  const bool about_zero = !options.fit_intercept || options.penalize_intercept;
  const Index reference = about_zero ? -1 : heaviest;
  std::vector<int> exponents;
  if constexpr (std::same_as<T, double>) {
    if (sparse != nullptr) exponents = size_exponents(*sparse, root_weight);
  }
  for (Index j = 0; j < given.x.cols && sparse == nullptr; ++j) {
    check(monitor);
    exponents.push_back(size_exponent(given.x.column(j), root_weight, reference));
  }
  choose_x(exponents, options);
  y_ = Buffer<double>(n * given.y.cols);
  for (Index t = 0; t < given.y.cols; ++t) {
    const int size = size_exponent(given.y.column(t), root_weight, reference);
    units_.y.push_back(size == of_zero ? 0 : -size);
    for (Index i = 0; i < n; ++i) {
      y_[i * given.y.cols + t] = times_power(given.y(i, t), units_.y[t]);
    }
  }
  data_.y = row_major<double>(y_.data(), n, given.y.cols);
  scale_penalty();
  scale_rows(sparse);
}

template <Real T>
void DataInUnits<T>::scale_rows(const SparseRows<T>* sparse) {
  const Index n = data_.x.rows, p = data_.x.cols;
  if (sparse != nullptr) {
    sparse_ = borrowed(*sparse);
    sparse_->own_value = Buffer<T>(sparse->nonzeros());
    for (Index e = 0; e < sparse->nonzeros(); ++e) {
      sparse_->own_value[e] = times_power(sparse->value[e], units_.x);
    }
    sparse_->value = sparse_->own_value.data();
    return;
  }
  x_ = Buffer<T>(n * p);
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < p; ++j) x_[i * p + j] = times_power(data_.x(i, j), units_.x);
  }
  data_.x = row_major<T>(x_.data(), n, p);
}

// With the exponents of the old units, the size of a column is 2^-exponent times root(square / W).
template <Real T>
DataInUnits<T>::DataInUnits(const RidgeData<T>& given, const RidgeOptions& options,
                            const SumUnits& old, ScaledMoments& moments)
    : data_(given) {
  const Index p = moments.n_features, cols = p + moments.n_targets;
  const bool about_zero = !options.fit_intercept || options.penalize_intercept;
  const auto unit = [&](Index c) { return std::ilogb(old.column[c]); };
  const double weight = moments.weight > 0.0 ? moments.weight : 1.0;
  const auto size = [&](Index c) {
    const double mean = c < p ? moments.x_mean[c] : moments.y_mean[c - p];
    double square = moments.gram(c, c) / weight;
    if (about_zero) square += mean * mean;
    return square > 0.0 ? binary_exponent(std::sqrt(square)) - unit(c) : of_zero;
  };
  std::vector<int> exponents;
  for (Index j = 0; j < p; ++j) exponents.push_back(size(j));
  choose_x(exponents, options);
  for (Index t = 0; t < moments.n_targets; ++t) {
    units_.y.push_back(size(p + t) == of_zero ? 0 : -size(p + t));
  }
  const int unit_of_weight = std::ilogb(old.weight);
  units_.weight = even_inverse(binary_exponent(weight) - unit_of_weight);
  const int own = units_.weight - unit_of_weight;
  scale_penalty();
  std::vector<int> shift;  // of each column, from the old units
  for (Index c = 0; c < cols; ++c) {
    shift.push_back((c < p ? units_.x : units_.y[c - p]) - unit(c));
    double& mean = c < p ? moments.x_mean[c] : moments.y_mean[c - p];
    mean = std::ldexp(mean, shift.back());
  }
  moments.weight = std::ldexp(moments.weight, own);
  for (Index i = 0; i < cols; ++i) {
    const Index end = i < p ? cols : i + 1;
    for (Index j = i; j < end; ++j) {
      double& product = moments.gram(i, j);
      product = std::ldexp(product, shift[i] + shift[j] + own);
    }
  }
}

template class DataInUnits<double>;
template class DataInUnits<float>;

}  // namespace elltwo
