#include "solvers/ridge_batch/small_path.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/table.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

// Smallest eigenvalue relative to the largest from which this path is used.
constexpr double enough = 1e-6;
// Part of yy below which a residual sum of squares would have fewer than about 10 digits.
constexpr double left_of_yy = 1e-5;
// The kernels need the number of alphas to be a multiple of this.
constexpr Index lanes = 16;

double dot_in_order(const double* a, const double* b, Index n) {
  double sum = 0.0;
  for (Index i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

// Householder's reduction (Golub and Van Loan 2013, algorithm 8.3.1).
void SmallPath::decompose(Index p, double* g, const double* c, bool with_basis) {
  p_ = p;
  std::copy_n(c, p, c_);
  double w[max_size];
  for (Index k = 0; k + 2 < p; ++k) {
    const Index m = p - k - 1;
    double* v = reflector_ + k * max_size;
    std::copy_n(g + k * p + k + 1, m, v);
    const double tail = dot_in_order(v + 1, v + 1, m - 1);
    beta_[k] = 0.0;
    beside_[k] = v[0];
    if (!(tail > 0.0)) continue;
    beside_[k] = -std::copysign(std::sqrt(v[0] * v[0] + tail), v[0]);
    v[0] -= beside_[k];
    const double beta = beta_[k] = 2.0 / (v[0] * v[0] + tail);
    double* sub = g + (k + 1) * (p + 1);
    std::fill_n(w, m, 0.0);
    for (Index i = 0; i < m; ++i) {  // by rows of the symmetric matrix: sums side by side
      const double times = beta * v[i];
      for (Index j = 0; j < m; ++j) w[j] += times * sub[i * p + j];
    }
    const double half = 0.5 * beta * dot_in_order(v, w, m);
    for (Index i = 0; i < m; ++i) w[i] -= half * v[i];
    for (Index i = 0; i < m; ++i) {
      double* row = sub + i * p;
      for (Index j = 0; j < m; ++j) row[j] -= v[i] * w[j] + w[i] * v[j];
    }
    const double along = beta * dot_in_order(v, c_ + k + 1, m);
    for (Index i = 0; i < m; ++i) c_[k + 1 + i] -= along * v[i];
  }
  if (p > 1) beside_[p - 2] = g[(p - 2) * p + p - 1];
  beside_[p - 1] = 0.0;
  for (Index k = 0; k < p; ++k) diagonal_[k] = g[k * (p + 1)];
  if (!with_basis) return;
  form_basis();
  const Source<double> rows{.x = row_major(q_, p, p)};
  const Index width = kernels().width_f64;
  kernels().pack_f64(rows, 0, p, 0, (p + width - 1) / width, packed_, p * width);
}

// Q = H_0 H_1 ..., beginning with the last reflector, which changes the fewest rows.
void SmallPath::form_basis() {
  std::fill_n(q_, p_ * p_, 0.0);
  for (Index k = 0; k < p_; ++k) q_[k * (p_ + 1)] = 1.0;
  double w[max_size];
  for (Index k = p_ - 3; k >= 0; --k) {
    if (beta_[k] == 0.0) continue;
    const Index m = p_ - k - 1;
    const double* v = reflector_ + k * max_size;
    double* sub = q_ + (k + 1) * (p_ + 1);
    std::fill_n(w, m, 0.0);
    for (Index i = 0; i < m; ++i) {
      for (Index j = 0; j < m; ++j) w[j] += v[i] * sub[i * p_ + j];
    }
    for (Index i = 0; i < m; ++i) {
      const double times = beta_[k] * v[i];
      for (Index j = 0; j < m; ++j) sub[i * p_ + j] -= times * w[j];
    }
  }
}

double SmallPath::trace() const {
  double sum = 0.0;
  for (Index k = 0; k < p_; ++k) sum += diagonal_[k];
  return sum;
}

// With x = (L D L^T)^-1: x_kk = 1 / d_k + l_k^2 x_{k+1,k+1}.
double SmallPath::inverse_trace(double alpha) const {
  double lower[max_size], inverse[max_size];
  double carried = 0.0;
  for (Index k = 0; k < p_; ++k) {
    const double pivot = diagonal_[k] + alpha - carried;
    if (!(pivot > 0.0)) return infinity;
    inverse[k] = 1.0 / pivot;
    lower[k] = beside_[k] * inverse[k];
    carried = beside_[k] * lower[k];
  }
  double sum = 0.0, x = 0.0;
  for (Index k = p_ - 1; k >= 0; --k) {
    x = inverse[k] + lower[k] * lower[k] * x;
    sum += x;
  }
  return sum;
}

// 1 / tr (G + alpha I)^-1 is below the smallest eigenvalue, tr G above the largest.
bool SmallPath::well_conditioned(double alpha) const {
  return std::isinf(alpha) || enough * trace() * inverse_trace(alpha) < 1.0;
}

void SmallPath::shift(std::span<const double> alphas) {
  count_ = static_cast<Index>(alphas.size());
  stride_ = (count_ + lanes - 1) / lanes * lanes;
  std::copy(alphas.begin(), alphas.end(), alpha_);
  std::fill(alpha_ + count_, alpha_ + stride_, infinity);
  double* carried = row_;
  std::fill_n(carried, stride_, 0.0);
  for (Index k = 0; k < p_; ++k) {
    double* lower = lower_ + k * stride_;
    double* inverse = inverse_ + k * stride_;
    double* z = z_ + k * stride_;
    const double t = diagonal_[k], e = beside_[k], c = c_[k];
    for (Index s = 0; s < stride_; ++s) {
      inverse[s] = 1.0 / (t + alpha_[s] - carried[s]);
      lower[s] = e * inverse[s];
      carried[s] = e * lower[s];
    }
    if (k == 0) {
      std::fill_n(z, stride_, c);
      continue;
    }
    const double* before = lower - stride_;
    for (Index s = 0; s < stride_; ++s) z[s] = c - before[s] * z[s - stride_];
  }
  for (Index k = p_ - 1; k >= 0; --k) {
    double* z = z_ + k * stride_;
    const double* lower = lower_ + k * stride_;
    const double* inverse = inverse_ + k * stride_;
    if (k + 1 == p_) {
      for (Index s = 0; s < stride_; ++s) z[s] *= inverse[s];
    } else {
      for (Index s = 0; s < stride_; ++s) z[s] = z[s] * inverse[s] - lower[s] * z[s + stride_];
    }
  }
}

// With d = z_0 - z:  rss = rss_0 + d^T T d + 2 alpha_0 z_0^T d;  edf = sum_k (T (T + alpha)^-1)_kk.
bool SmallPath::measures(double yy, double alpha_0, double* edf, double* rss) {
  double z0[max_size], lower[max_size];
  double carried = 0.0;
  for (Index k = 0; k < p_; ++k) {
    const double inverse = 1.0 / (diagonal_[k] + alpha_0 - carried);
    lower[k] = beside_[k] * inverse;
    carried = beside_[k] * lower[k];
    z0[k] = c_[k] - (k > 0 ? lower[k - 1] * z0[k - 1] : 0.0);
    row_[k] = inverse;
  }
  for (Index k = p_ - 1; k >= 0; --k) {
    z0[k] = z0[k] * row_[k] - (k + 1 < p_ ? lower[k] * z0[k + 1] : 0.0);
  }
  double there = yy;
  for (Index k = 0; k < p_; ++k) there -= z0[k] * (c_[k] + alpha_0 * z0[k]);
  if (!(there > left_of_yy * yy)) return false;
  double* x = row_;  // (T + alpha I)^-1 at (k + 1, k + 1)
  std::fill_n(x, stride_, 0.0);
  std::fill_n(edf, stride_, 0.0);
  std::fill_n(rss, stride_, there);
  for (Index k = p_ - 1; k >= 0; --k) {
    const double t = diagonal_[k], e = beside_[k], before = k > 0 ? beside_[k - 1] : 0.0;
    const double first = 2.0 * alpha_0 * z0[k], mine = z0[k];
    const double after_0 = k + 1 < p_ ? z0[k + 1] : 0.0, before_0 = k > 0 ? z0[k - 1] : 0.0;
    const double* l = lower_ + k * stride_;
    const double* inverse = inverse_ + k * stride_;
    const double* z = z_ + k * stride_;
    const double* z_after = k + 1 < p_ ? z + stride_ : z;
    const double* z_before = k > 0 ? z - stride_ : z;
    for (Index s = 0; s < stride_; ++s) {
      const double d = mine - z[s];
      const double pushed = t * d + e * (after_0 - z_after[s]) + before * (before_0 - z_before[s]);
      rss[s] += d * (pushed + first);
      edf[s] -= 2.0 * e * l[s] * x[s];
      x[s] = inverse[s] + l[s] * l[s] * x[s];
      edf[s] += t * x[s];
    }
  }
  return true;
}

// Multiplies the packed rows of Q by all z.
void SmallPath::coefficients(double* out, Index ld) {
  const auto& k = kernels();
  const Index panels = (p_ + k.width_f64 - 1) / k.width_f64, padded = panels * k.width_f64;
  for (Index s = 0; s < count_; ++s) {
    double* rotated = rotated_ + s * max_size;
    for (Index d = 0; d < p_; ++d) rotated[d] = z_[d * stride_ + s];
    std::fill(rotated + p_, rotated + padded, 0.0);
  }
  Ahead nothing;
  k.forward(p_, packed_, panels, p_ * k.width_f64, rotated_, max_size, count_, out, ld, nothing);
}

}  // namespace elltwo
