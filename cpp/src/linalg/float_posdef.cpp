#include "linalg/float_posdef.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/blas.hpp"
#include "linalg/posdef.hpp"

namespace elltwo {
namespace {

/// Square of the least pivot, of a matrix with a diagonal in [1, 4), below which rounding in float
/// leaves a solution without a digit.
constexpr float least_pivot_square = 1e-5F;

/// Steps of the estimate of |A^-1|, which seldom takes more than three.
constexpr int most_estimates = 5;

double sum_of_sizes(const std::vector<float>& v) {
  double sum = 0.0;
  for (const float x : v) sum += std::abs(x);
  return sum;
}

}  // namespace

void FloatPosDef::begin(const std::vector<double>& diagonal) {
  n_ = static_cast<Index>(diagonal.size());
  scale_.resize(diagonal.size());
  std::ranges::transform(diagonal, scale_.begin(), inverse_sqrt_power_of_two);
  if (factor_.size() != n_ * n_) factor_ = Buffer<float>(n_ * n_);
}

void FloatPosDef::set_norm() {
  std::vector<float> sums(n_, 0.0F);
  for (Index j = 0; j < n_; ++j) {
    const float* column = factor_.data() + j * n_;
    constexpr Index lanes = 16;
    float part[lanes] = {};
    Index i = j + 1;
    for (; i + lanes <= n_; i += lanes) {
      for (Index lane = 0; lane < lanes; ++lane) {
        const float a = std::abs(column[i + lane]);
        part[lane] += a;
        sums[i + lane] += a;
      }
    }
    float sum = std::abs(column[j]);
    for (; i < n_; ++i) {
      const float a = std::abs(column[i]);
      sum += a;
      sums[i] += a;
    }
    for (const float p : part) sum += p;
    sums[j] += sum;
  }
  norm_ = *std::ranges::max_element(sums);
}

bool FloatPosDef::factor(int n_threads, Monitor& monitor) {
  set_norm();
  if (!cholesky(n_, factor_.data(), n_, n_threads, monitor)) return false;
  for (Index j = 0; j < n_; ++j) {
    const float pivot = factor_[j * (n_ + 1)];
    if (!(pivot * pivot >= least_pivot_square)) return false;
  }
  return true;
}

void FloatPosDef::solve_scaled(float* rhs) const {
  blas::trsv(blas::Op::none, n_, factor_.data(), n_, rhs);
  blas::trsv(blas::Op::transpose, n_, factor_.data(), n_, rhs);
}

// Hager (1984): a convex function's maximum over the unit ball, from corner to corner.
double FloatPosDef::rcond() const {
  std::vector<float> x(n_, 1.0F / static_cast<float>(n_));
  double estimate = 0.0;
  for (int step = 0; step < most_estimates; ++step) {
    std::vector<float> y = x;
    solve_scaled(y.data());
    const double size = sum_of_sizes(y);
    if (!(size > estimate)) break;
    estimate = size;
    for (float& v : y) v = std::copysign(1.0F, v);
    solve_scaled(y.data());
    const auto top = std::ranges::max_element(y, {}, [](float v) { return std::abs(v); });
    double along = 0.0;
    for (Index i = 0; i < n_; ++i) along += static_cast<double>(y[i]) * x[i];
    if (std::abs(*top) <= along) break;
    std::ranges::fill(x, 0.0F);
    x[top - y.begin()] = 1.0F;
  }
  return std::min(1.0, 1.0 / (norm_ * estimate));
}

void FloatPosDef::solve(double* rhs) const {
  double largest = 0.0;
  for (Index i = 0; i < n_; ++i) largest = std::max(largest, std::abs(rhs[i] * scale_[i]));
  if (!(largest > 0.0) || !std::isfinite(largest)) return;
  const double unit = std::ldexp(1.0, -std::ilogb(largest));
  std::vector<float> x(n_);
  for (Index i = 0; i < n_; ++i) x[i] = static_cast<float>(rhs[i] * scale_[i] * unit);
  solve_scaled(x.data());
  for (Index i = 0; i < n_; ++i) rhs[i] = x[i] * scale_[i] / unit;
}

}  // namespace elltwo
