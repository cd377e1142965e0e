#include "solvers/ridge_batch/direct_problem.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "elltwo/cholesky.hpp"

namespace elltwo {
namespace {

constexpr Index direct_lanes = 8;  // a multiple of every instruction set's width

constexpr Index direct_padded(Index n) {
  return (n + direct_lanes - 1) / direct_lanes * direct_lanes;
}

bool is_direct_finite(double sum) { return sum - sum == 0.0; }

}  // namespace

template <Real T>
DirectProblem<T>::DirectProblem(Index n, Index p, Index t, bool fit_intercept)
    : dual_(n <= p),
      centred_(fit_intercept),
      n_(n),
      p_(p),
      t_(t),
      s_(std::min(n, p)),
      l_(std::max(n, p)),
      ld_(direct_padded(l_)),
      kernels_(kernels()),
      places_(std::max(s_, 2 * t)) {
  std::iota(places_.begin(), places_.end(), Index{0});
  const struct {
    double** part;
    Index size;
  } parts[] = {{&m_, s_ * ld_},       {&gram_, s_ * s_},
               {&diagonal_, s_},      {&x_mean_, p},
               {&y_mean_, t},         {&y_, t * direct_padded(n)},
               {&short_, t * s_},     {&short2_, t * s_},
               {&long_, 2 * t * ld_}, {&upstream_, t * direct_padded(p)},
               {&pairs_, 2 * t * s_}, {&zeros_, s_},
               {&sums_, s_ * ld_}};
  Index total = 0;
  for (const auto& [part, size] : parts) total += direct_padded(size);
  storage_ = Buffer<double>::zeros(total);
  double* next = storage_.data();
  for (const auto& [part, size] : parts) {
    *part = next;
    next += direct_padded(size);
  }
}

template <Real T>
void DirectProblem<T>::copy(MatrixView<T> x) {
  if (!dual_) x = x.transposed();
  for (Index r = 0; r < s_; ++r) {
    double* row = m_ + r * ld_;
    const T* from = x.data + r * x.row_stride;
    if (x.col_stride == 1) std::copy_n(from, l_, row);
    else {
      for (Index c = 0; c < l_; ++c) row[c] = static_cast<double>(from[c * x.col_stride]);
    }
  }
}

template <Real T>
void DirectProblem<T>::centre() {
  std::fill_n(x_mean_, p_, 0.0);
  if (!centred_) return;
  const double share = 1.0 / static_cast<double>(n_);
  if (dual_) {
    for (Index first = 0; first < l_;
         first += direct_lanes) {  // of which the last may reach into zeros
      double sums[direct_lanes] = {};
      for (Index r = 0; r < s_; ++r) {
        const double* row = m_ + r * ld_ + first;
        for (Index c = 0; c < direct_lanes; ++c) sums[c] += row[c];
      }
      for (Index c = 0; c < direct_lanes; ++c) sums[c] *= share;
      for (Index r = 0; r < s_; ++r) {
        double* row = m_ + r * ld_ + first;
        for (Index c = 0; c < direct_lanes; ++c) row[c] -= sums[c];
      }
      std::copy_n(sums, std::min(direct_lanes, l_ - first), x_mean_ + first);
    }
    return;
  }
  for (Index r = 0; r < s_; ++r) {
    double* row = m_ + r * ld_;
    x_mean_[r] = std::accumulate(row, row + l_, 0.0) * share;
    for (Index c = 0; c < l_; ++c) row[c] -= x_mean_[r];
  }
}

template <Real T>
void DirectProblem<T>::take(MatrixView<T> x, MatrixView<double> y) {
  copy(x);
  centre();
  const Index ld_y = direct_padded(n_);
  for (Index u = 0; u < t_; ++u) {
    double* column = y_ + u * ld_y;
    for (Index i = 0; i < n_; ++i) column[i] = y(i, u);
    y_mean_[u] = centred_ ? std::accumulate(column, column + n_, 0.0) / static_cast<double>(n_) : 0;
    for (Index i = 0; i < n_; ++i) column[i] -= y_mean_[u];
  }
}

template <Real T>
bool DirectProblem<T>::form_system() {
  // The lower triangle of M M^T, by blocks of rows.
  std::fill_n(gram_, s_ * s_, 0.0);
  for (Index r = 0; r < s_; r += direct_lanes) {
    const Index rows = std::min(direct_lanes, s_ - r);
    kernels_.column_products_f64(l_, m_, ld_, r + rows, zeros_, m_ + r * ld_, ld_, rows,
                                 gram_ + r * s_, s_);
  }
  double sum = 0.0;
  for (Index r = 0; r < s_; ++r) sum += diagonal_[r] = gram_[r * (s_ + 1)];
  for (Index e = 0; e < t_ * direct_padded(n_); ++e) sum += y_[e] - y_[e];
  return is_direct_finite(sum);
}

template <Real T>
bool DirectProblem<T>::solve_system(double alpha, double least_pivot) {
  for (Index r = 0; r < s_; ++r) gram_[r * (s_ + 1)] = diagonal_[r] + alpha;
  if (!cholesky_factor(s_, gram_, s_, gram_, s_)) return false;
  for (Index r = 0; r < s_; ++r) {
    const double pivot = gram_[r * (s_ + 1)];
    if (!(pivot * pivot >= least_pivot * (diagonal_[r] + alpha))) return false;
  }
  solve_fit();
  return true;
}

template <Real T>
void DirectProblem<T>::products(const double* v, double* out) {
  std::fill_n(out, t_ * s_, 0.0);
  kernels_.column_products_f64(l_, m_, ld_, s_, zeros_, v, ld_, t_, out, s_);
}

template <Real T>
void DirectProblem<T>::combine(const double* a, double* out) {
  std::fill_n(out, t_ * ld_, 0.0);
  kernels_.column_combination(ld_, m_, ld_, s_, places_.data(), a, s_, t_, out, ld_);
}

// Forward and backward substitution for all vectors (t x s) at once.
template <Real T>
void DirectProblem<T>::solve(double* vectors) {
  for (Index i = 0; i < s_; ++i) {
    const double* row = gram_ + i * s_;
    const double reciprocal = 1.0 / row[i];
    for (Index u = 0; u < t_; ++u) {
      double* z = vectors + u * s_;
      double sum = z[i];
      for (Index k = 0; k < i; ++k) sum -= row[k] * z[k];
      z[i] = sum * reciprocal;
    }
  }
  for (Index i = s_ - 1; i >= 0; --i) {
    const double* row = gram_ + i * s_;
    const double reciprocal = 1.0 / row[i];
    for (Index u = 0; u < t_; ++u) {
      double* z = vectors + u * s_;
      z[i] *= reciprocal;
      for (Index k = 0; k < i; ++k) z[k] -= row[k] * z[i];
    }
  }
}

// A = K^-1 Y in the dual, B = H^-1 X^T Y in the primal.
template <Real T>
void DirectProblem<T>::solve_fit() {
  if (dual_) {
    for (Index u = 0; u < t_; ++u) std::copy_n(y_ + u * direct_padded(n_), n_, short_ + u * s_);
  } else {
    products(y_, short_);
  }
  solve(short_);
}

template <Real T>
void DirectProblem<T>::keep(double* kept) const {
  std::copy_n(gram_, s_ * s_, kept);
  std::copy_n(short_, t_ * s_, kept + s_ * s_);
}

template <Real T>
bool DirectProblem<T>::restore(const double* kept) {
  if (std::isnan(*kept)) return false;
  std::copy_n(kept, s_ * s_, gram_);
  std::copy_n(kept + s_ * s_, t_ * s_, short_);
  return true;
}

template <Real T>
void DirectProblem<T>::fit(double* coef, double* intercept) {
  if (dual_) combine(short_, long_);
  for (Index u = 0; u < t_; ++u) {
    const double* b = dual_ ? long_ + u * ld_ : short_ + u * s_;
    std::copy_n(b, p_, coef + u * p_);
    intercept[u] = centred_ ? y_mean_[u] - std::inner_product(b, b + p_, x_mean_, 0.0) : 0.0;
  }
}

// Leaves W = dB - X^T U and B in `long_`, and writes the factors A and -U of the gradient.
template <Real T>
double DirectProblem<T>::adjoint_dual() {
  products(upstream_, short2_);
  solve(short2_);
  combine(short2_, long_);
  for (Index e = 0; e < t_ * ld_; ++e) long_[e] = upstream_[e] - long_[e];
  combine(short_, long_ + t_ * ld_);
  double alpha = 0.0;
  for (Index e = 0; e < t_ * s_; ++e) alpha -= short_[e] * short2_[e];
  for (Index r = 0; r < s_; ++r) {
    for (Index u = 0; u < t_; ++u) {
      pairs_[r * 2 * t_ + u] = short_[u * s_ + r];
      pairs_[r * 2 * t_ + t_ + u] = -short2_[u * s_ + r];
    }
  }
  return alpha;
}

// Leaves R and U = X V in `long_`, and writes the factors V and -B of the gradient.
template <Real T>
double DirectProblem<T>::adjoint_primal() {
  for (Index u = 0; u < t_; ++u) {
    std::copy_n(upstream_ + u * direct_padded(p_), p_, short2_ + u * s_);
  }
  solve(short2_);
  combine(short_, long_);
  for (Index e = 0; e < t_ * ld_; ++e) long_[e] = y_[e] - long_[e];
  combine(short2_, long_ + t_ * ld_);
  double alpha = 0.0;
  for (Index e = 0; e < t_ * s_; ++e) alpha -= short_[e] * short2_[e];
  for (Index r = 0; r < s_; ++r) {
    for (Index u = 0; u < t_; ++u) {
      pairs_[r * 2 * t_ + u] = short2_[u * s_ + r];
      pairs_[r * 2 * t_ + t_ + u] = -short_[u * s_ + r];
    }
  }
  return alpha;
}

// The gradient of centred X, and what the intercept y_mean - x_mean B passes on to every row.
template <Real T>
void DirectProblem<T>::write_x(const double* intercept, T* x) {
  std::fill_n(sums_, s_ * ld_, 0.0);
  if (dual_ && intercept != nullptr) {
    for (Index r = 0; r < s_; ++r) {
      for (Index u = 0; u < t_; ++u) {
        pairs_[r * 2 * t_ + t_ + u] -= intercept[u] / static_cast<double>(n_);
      }
    }
  }
  kernels_.column_combination(ld_, long_, ld_, 2 * t_, places_.data(), pairs_, 2 * t_, s_, sums_,
                              ld_);
  for (Index r = 0; r < s_; ++r) {
    const double* row = sums_ + r * ld_;
    if (dual_) {
      for (Index c = 0; c < l_; ++c) x[r * p_ + c] = static_cast<T>(row[c]);
      continue;
    }
    double common = 0.0;
    for (Index u = 0; intercept != nullptr && u < t_; ++u)
      common += intercept[u] * short_[u * s_ + r];
    common /= static_cast<double>(n_);
    for (Index c = 0; c < l_; ++c) x[c * p_ + r] = static_cast<T>(row[c] - common);
  }
}

template <Real T>
double DirectProblem<T>::adjoint(const double* coef, const double* intercept, T* x, double* y) {
  if (!centred_) intercept = nullptr;
  const Index ld_b = direct_padded(p_);
  for (Index u = 0; u < t_; ++u) {
    double* to = upstream_ + u * ld_b;
    const double shift = intercept == nullptr ? 0.0 : intercept[u];
    for (Index j = 0; j < p_; ++j) to[j] = coef[u * p_ + j] - shift * x_mean_[j];
  }
  const double alpha = dual_ ? adjoint_dual() : adjoint_primal();
  for (Index u = 0; u < t_; ++u) {
    const double* column = dual_ ? short2_ + u * s_ : long_ + (t_ + u) * ld_;
    const double share = intercept == nullptr ? 0.0 : intercept[u] / static_cast<double>(n_);
    for (Index i = 0; i < n_; ++i) y[i * t_ + u] = column[i] + share;
  }
  write_x(intercept, x);
  return alpha;
}

template class DirectProblem<double>;
template class DirectProblem<float>;

}  // namespace elltwo
