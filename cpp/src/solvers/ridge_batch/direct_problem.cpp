#include "solvers/ridge_batch/direct_problem.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "linalg/lapack.hpp"
#include "linalg/rounded.hpp"

namespace elltwo {
namespace {

constexpr Index direct_lanes = 8;  // a multiple of every instruction set's width

constexpr Index direct_padded(Index n) { return rounded_up(n, direct_lanes); }

// Larger systems are left to LAPACK, which works in blocks.
constexpr Index largest_direct_factor = 128;

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
      ld_s_(direct_padded(s_)),
      kernels_(kernels()),
      direct_(direct::kernels()) {
  ld_t_ = rounded_up(t, direct_.width);
  const Index room = (s_ + 3) * ld_t_;
  const struct {
    double** part;
    Index size;
  } parts[] = {{&m_, s_ * ld_},
               {&gram_, s_ * ld_s_},
               {&floors_, s_},
               {&diagonal_, s_},
               {&zeros_, s_},
               {&x_mean_, direct_padded(p)},
               {&y_mean_, ld_t_},
               {&y_rows_, n * ld_t_},
               {&y_, dual_ ? 0 : t * ld_},
               {&short_, room},
               {&short2_, room},
               {&long_, 2 * t * ld_},
               {&products_, t * s_},
               {&upstream_, t * direct_padded(p)},
               {&pairs_, 2 * t * s_},
               {&sums_, dual_ ? 0 : s_ * ld_}};
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
void DirectProblem<T>::take_x(MatrixView<T> x) {
  const double share = centred_ ? 1.0 / static_cast<double>(n_) : 0.0;
  if (dual_ && x.col_stride == 1) {
    return std::get<direct::TakeFn<T>>(direct_.take)(s_, l_, x.data, x.row_stride, share, m_, ld_,
                                                     x_mean_);
  }
  for (Index i = 0; i < n_; ++i) {
    double* to = dual_ ? m_ + i * ld_ : m_ + i;
    const Index step = dual_ ? 1 : ld_;
    for (Index j = 0; j < p_; ++j) to[j * step] = static_cast<double>(x(i, j));
  }
  if (dual_) {
    return std::get<direct::TakeFn<double>>(direct_.take)(s_, l_, m_, ld_, share, m_, ld_, x_mean_);
  }
  for (Index r = 0; r < s_; ++r) {
    double* row = m_ + r * ld_;
    x_mean_[r] = std::accumulate(row, row + l_, 0.0) * share;
    for (Index c = 0; c < l_; ++c) row[c] -= x_mean_[r];
  }
}

template <Real T>
void DirectProblem<T>::take_y(MatrixView<double> y) {
  std::fill_n(y_mean_, t_, 0.0);
  for (Index i = 0; i < n_; ++i) {
    for (Index u = 0; u < t_; ++u) y_mean_[u] += y_rows_[i * ld_t_ + u] = y(i, u);
  }
  for (Index u = 0; u < t_; ++u) y_mean_[u] *= centred_ ? 1.0 / static_cast<double>(n_) : 0.0;
  for (Index i = 0; i < n_; ++i) {
    for (Index u = 0; u < t_; ++u) y_rows_[i * ld_t_ + u] -= y_mean_[u];
  }
  if (!dual_) to_columns(n_, y_rows_, y_);
}

template <Real T>
void DirectProblem<T>::take(MatrixView<T> x, MatrixView<double> y) {
  take_x(x);
  take_y(y);
}

/// Rows of targets to targets along the long side.
template <Real T>
void DirectProblem<T>::to_columns(Index n_rows, const double* rows, double* columns) const {
  for (Index r = 0; r < n_rows; ++r) {
    for (Index u = 0; u < t_; ++u) columns[u * ld_ + r] = rows[r * ld_t_ + u];
  }
}

template <Real T>
bool DirectProblem<T>::form_system() {
  direct_.gram(s_, m_, ld_, gram_, ld_s_);
  double sum = 0.0;
  for (Index r = 0; r < s_; ++r) sum += diagonal_[r] = gram_[r * (ld_s_ + 1)];
  for (Index u = 0; u < t_; ++u) sum += y_mean_[u] - y_mean_[u];
  return std::isfinite(sum);
}

template <Real T>
bool DirectProblem<T>::solve_system(double alpha, double least_pivot) {
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  const double least = std::max(least_pivot, static_cast<double>(s_) * epsilon);
  for (Index r = 0; r < s_; ++r) {
    double& entry = gram_[r * (ld_s_ + 1)];
    entry = diagonal_[r] + alpha;
    floors_[r] = std::max(least * entry, std::numeric_limits<double>::min());
  }
  if (!factor()) return false;
  solve_fit();
  return true;
}

template <Real T>
bool DirectProblem<T>::factor() {
  if (s_ <= largest_direct_factor) return direct_.factor(s_, gram_, ld_s_, floors_);
  // An upper triangle in row-major order is a lower one in column-major order.
  if (!lapack::potrf(blas::Uplo::lower, s_, gram_, ld_s_)) return false;
  for (Index r = 0; r < s_; ++r) {
    double* row = gram_ + r * ld_s_;
    const double pivot = row[r];
    if (!(pivot * pivot >= floors_[r])) return false;
    for (Index k = r + 1; k < s_; ++k) row[k] *= pivot;
    row[r] = 1.0 / (pivot * pivot);
  }
  return true;
}

template <Real T>
void DirectProblem<T>::products(const double* v, double* out) {
  std::fill_n(products_, t_ * s_, 0.0);
  kernels_.column_products_f64(l_, m_, ld_, s_, zeros_, v, ld_, t_, products_, s_);
  for (Index r = 0; r < s_; ++r) {
    for (Index u = 0; u < t_; ++u) out[r * ld_t_ + u] = products_[u * s_ + r];
  }
}

// A = K^-1 Y in the dual, B = H^-1 X^T Y in the primal.
template <Real T>
void DirectProblem<T>::solve_fit() {
  if (dual_) std::copy_n(y_rows_, s_ * ld_t_, short_);
  else products(y_, short_);
  direct_.substitute(s_, gram_, ld_s_, short_, ld_t_);
}

template <Real T>
void DirectProblem<T>::keep(double* kept) const {
  for (Index r = 0; r < s_; ++r) kept = std::copy_n(gram_ + r * (ld_s_ + 1), s_ - r, kept);
  for (Index r = 0; r < s_; ++r) kept = std::copy_n(short_ + r * ld_t_, t_, kept);
}

template <Real T>
bool DirectProblem<T>::restore(const double* kept) {
  if (std::isnan(*kept)) return false;
  for (Index r = 0; r < s_; kept += s_ - r, ++r) {
    std::copy_n(kept, s_ - r, gram_ + r * (ld_s_ + 1));
  }
  for (Index r = 0; r < s_; ++r, kept += t_) std::copy_n(kept, t_, short_ + r * ld_t_);
  return true;
}

template <Real T>
void DirectProblem<T>::fit(double* coef, double* intercept) {
  if (!dual_) {
    std::copy_n(y_mean_, t_, intercept);
    for (Index r = 0; r < s_; ++r) {
      for (Index u = 0; u < t_; ++u) {
        const double b = coef[u * p_ + r] = short_[r * ld_t_ + u];
        intercept[u] -= b * x_mean_[r];
      }
    }
    return;
  }
  combine({s_, m_, ld_, t_, short_, 1, ld_t_, nullptr}, p_, coef, p_);
  std::fill_n(intercept, t_, 0.0);
  if (!centred_) return;
  // The shifts of the kernel are zeros, of which there are s.
  for (Index u = 0; u < t_; u += s_) {
    kernels_.column_products_f64(p_, coef + u * p_, p_, std::min(s_, t_ - u), zeros_, x_mean_, ld_,
                                 1, intercept + u, t_);
  }
  for (Index u = 0; u < t_; ++u) intercept[u] = y_mean_[u] - intercept[u];
}

/// Solves for U or V, sets up the factors of the gradient of M in `pairs_` (A and -U, or V and
/// -B) and `long_` (dB - X^T U and B, or R and U), and returns the gradient of alpha.
template <Real T>
double DirectProblem<T>::solve_adjoint() {
  if (dual_) {
    products(upstream_, short2_);
  } else {
    for (Index r = 0; r < s_; ++r) {
      for (Index u = 0; u < t_; ++u) {
        short2_[r * ld_t_ + u] = upstream_[u * direct_padded(p_) + r];
      }
    }
  }
  direct_.substitute(s_, gram_, ld_s_, short2_, ld_t_);
  const double* front = dual_ ? short_ : short2_;
  const double* back = dual_ ? short2_ : short_;
  double alpha = 0.0;
  for (Index r = 0; r < s_; ++r) {
    double* pair = pairs_ + r * 2 * t_;
    for (Index u = 0; u < t_; ++u) {
      pair[u] = front[r * ld_t_ + u];
      pair[t_ + u] = -back[r * ld_t_ + u];
      alpha += pair[u] * pair[t_ + u];
    }
  }
  const double* base = dual_ ? upstream_ : y_;
  combine({s_, m_, ld_, t_, pairs_ + t_, 1, 2 * t_, base}, ld_, long_, ld_);
  combine({s_, m_, ld_, t_, pairs_, 1, 2 * t_, nullptr}, ld_, long_ + t_ * ld_, ld_);
  return alpha;
}

// The gradient of centred X, and what the intercept y_mean - x_mean B passes on to every row.
template <Real T>
void DirectProblem<T>::write_x(const double* intercept, T* x) {
  const direct::Combination job{2 * t_, long_, ld_, s_, pairs_, 2 * t_, 1, nullptr};
  const double share = 1.0 / static_cast<double>(n_);
  if (dual_) {
    for (Index r = 0; intercept != nullptr && r < s_; ++r) {
      for (Index u = 0; u < t_; ++u) pairs_[r * 2 * t_ + t_ + u] -= intercept[u] * share;
    }
    return std::get<direct::CombineFn<T>>(direct_.combine)(job, l_, x, p_);
  }
  combine(job, ld_, sums_, ld_);
  for (Index r = 0; r < s_; ++r) {
    const double* row = sums_ + r * ld_;
    double common = 0.0;
    for (Index u = 0; intercept != nullptr && u < t_; ++u) {
      common += intercept[u] * short_[r * ld_t_ + u];
    }
    common *= share;
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
  const double alpha = solve_adjoint();
  for (Index u = 0; u < t_; ++u) {
    const double* column = dual_ ? short2_ + u : long_ + (t_ + u) * ld_;
    const Index step = dual_ ? ld_t_ : 1;
    const double share = intercept == nullptr ? 0.0 : intercept[u] / static_cast<double>(n_);
    for (Index i = 0; i < n_; ++i) y[i * t_ + u] = column[i * step] + share;
  }
  write_x(intercept, x);
  return alpha;
}

template class DirectProblem<double>;
template class DirectProblem<float>;

}  // namespace elltwo
