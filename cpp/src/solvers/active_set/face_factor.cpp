#include "solvers/active_set/face_factor.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/blas.hpp"
#include "linalg/cholesky.hpp"
#include "linalg/leading_cholesky.hpp"
#include "linalg/matrix_vector.hpp"
#include "parallel/interruption.hpp"

namespace elltwo {
namespace {

// Least squared pivots relative to the diagonal entry. With l1 alone a column near the span of
// others is exchanged for one of them. With l2, or without a penalty, only the minimum over all of
// them will do.
constexpr double least_lasso_pivot = 1e-10;
constexpr double least_ridge_pivot = FaceFactor::least_ridge;
constexpr Index cheap_order = 200;      // slots up to which a new factor costs less than it saves
constexpr Index few_rows = 4;           // slots for which single vectors are faster than a block
constexpr Index watched_columns = 512;  // columns after which the monitor is asked
constexpr Index unblocked_order = 64;   // order from which LAPACK's blocks, or tiles, are faster

}  // namespace

bool FaceFactor::serves(double alpha, double ratio) const {
  if (size() > 0 && !ridge_) return true;
  if (size() <= cheap_order) return alpha == alpha_;
  return alpha_ <= ratio * alpha && alpha <= ratio * alpha_;
}

void FaceFactor::clear(double alpha) {
  alpha_ = alpha;
  ridge_ = false;
  order_.clear();
}

void FaceFactor::renumber(const std::vector<Index>& new_number) {
  for (Index& s : order_) s = new_number[s];
}

void FaceFactor::make_room(Index size) {
  if (size <= ld_) return;
  const Index wanted = std::max(size, std::min(slots_.size(), std::max<Index>(16, 2 * ld_)));
  Buffer<double> grown(wanted * wanted);
  const Index k = static_cast<Index>(order_.size());
  for (Index a = 0; a < k; ++a) {
    std::copy_n(lower_.data() + a * ld_ + a, k - a, grown.data() + a * wanted + a);
  }
  lower_ = std::move(grown);
  ld_ = wanted;
}

Index FaceFactor::append(std::span<const Index> slots) {
  const Index k = size();
  const auto count = static_cast<Index>(slots.size());
  if (count == 0) return 0;
  make_room(k + count);
  fill_rows(k, slots);
  fill_corner(k, slots);
  const Index appended = factor_corner(k, slots);
  for (Index i = 0; i < appended; ++i) {
    order_.push_back(slots[i]);
    ridge_ = ridge_ || slots_.penalty(slots[i]).l2 != 0.0;
  }
  return appended;
}

// L_21 = G_VA L^-T in the rows from `first` on.
void FaceFactor::fill_rows(Index first, std::span<const Index> slots) {
  const auto count = static_cast<Index>(slots.size());
  if (first == 0) return;
  double* rows = lower_.data() + first;
  if (count >= few_rows) {
    for (Index a = 0; a < first; ++a) {
      const double* column = slots_.gram(order_[a]);
      double* to = rows + a * ld_;
      for (Index i = 0; i < count; ++i) to[i] = column[slots[i]];
    }
    substitute_rows(first, count);
    return;
  }
  work_.resize(std::max(work_.size(), static_cast<std::size_t>(first)));
  for (Index i = 0; i < count; ++i) {
    const double* column = slots_.gram(slots[i]);
    for (Index a = 0; a < first; ++a) work_[a] = column[order_[a]];
    lapack::trsv('N', first, lower_.data(), ld_, work_.data());
    for (Index a = 0; a < first; ++a) rows[a * ld_ + i] = work_[a];
  }
}

// B L^-T for the `count` rows B below the factor of order k, in place.
void FaceFactor::substitute_rows(Index k, Index count) {
  const double* lower = lower_.data();
  double* rows = lower_.data() + k;
  for (Index a = 0; a < k; a += watched_columns) {
    check(monitor_);
    const Index width = std::min(watched_columns, k - a);
    const Index next = a + width;
    blas::trsm(blas::Side::right, blas::Uplo::lower, blas::Op::transpose, count, width,
               lower + a * ld_ + a, ld_, rows + a * ld_, ld_);
    if (next == k) return;
    blas::gemm(blas::Op::none, blas::Op::transpose, count, k - next, width, -1.0, rows + a * ld_,
               ld_, lower + a * ld_ + next, ld_, 1.0, rows + next * ld_, ld_, monitor_);
  }
}

// K_VV - L_21 L_21' in the lower triangle of the corner that begins at `first`.
void FaceFactor::fill_corner(Index first, std::span<const Index> slots) {
  const auto count = static_cast<Index>(slots.size());
  double* corner = lower_.data() + first * ld_ + first;
  least_.resize(slots.size());
  for (Index a = 0; a < count; ++a) {
    const double* column = slots_.gram(slots[a]);
    double* to = corner + a * ld_;
    for (Index i = a; i < count; ++i) to[i] = column[slots[i]];
    const SlotPenalty& penalty = slots_.penalty(slots[a]);
    to[a] += alpha_ * penalty.l2;
    const bool lasso = penalty.l1 > 0.0 && penalty.l2 == 0.0;
    least_[a] = (lasso ? least_lasso_pivot : least_ridge_pivot) * to[a];
  }
  if (first == 0) return;
  if (count == 1) {
    const double* row = lower_.data() + first;
    double sum = 0.0;
    for (Index a = 0; a < first; ++a) sum += row[a * ld_] * row[a * ld_];
    corner[0] -= sum;
    return;
  }
  for (Index a = 0; a < count; a += watched_columns) {
    check(monitor_);
    const Index width = std::min(watched_columns, count - a);
    const Index next = a + width;
    const double* rows = lower_.data() + first;
    blas::syrk(blas::Uplo::lower, width, first, -1.0, rows + a, ld_, 1.0, corner + a * ld_ + a,
               ld_);
    if (next == count) return;
    blas::gemm(blas::Op::none, blas::Op::transpose, count - next, width, first, -1.0, rows + next,
               ld_, rows + a, ld_, 1.0, corner + a * ld_ + next, ld_, monitor_);
  }
}

Index FaceFactor::factor_corner(Index first, std::span<const Index> slots) {
  const auto count = static_cast<Index>(slots.size());
  double* corner = lower_.data() + first * ld_ + first;
  if (count <= unblocked_order) {
    return leading_cholesky(count, corner, ld_, least_.data(), monitor_);
  }
  bool independent = cholesky(count, corner, ld_, 1, monitor_);
  for (Index i = 0; i < count && independent; ++i) {
    const double pivot = corner[i * ld_ + i];
    independent = pivot * pivot > least_[i];
  }
  if (independent) return count;
  fill_corner(first, slots);
  return leading_cholesky(count, corner, ld_, least_.data(), monitor_);
}

void FaceFactor::remove(Index position) {
  const Index k = size();
  const Index rest = k - position - 1;
  work_.resize(std::max(work_.size(), static_cast<std::size_t>(rest)));
  double* x = work_.data();
  std::copy_n(lower_.data() + position * ld_ + position + 1, rest, x);
  for (Index a = 0; a < position; ++a) {
    double* column = lower_.data() + a * ld_ + position;
    std::copy(column + 1, column + 1 + rest, column);
  }
  // The rows below were L L' + x x': a rotation of each column with x restores a triangle.
  for (Index i = 0; i < rest; ++i) {
    const double* from = lower_.data() + (position + 1 + i) * (ld_ + 1);
    double* to = lower_.data() + (position + i) * (ld_ + 1);
    const double radius = std::sqrt(from[0] * from[0] + x[i] * x[i]);
    const double cosine = from[0] / radius;
    const double sine = x[i] / radius;
    to[0] = radius;
    double* tail = x + i;
    for (Index h = 1; h < rest - i; ++h) {
      const double below = from[h];
      const double left = tail[h];
      to[h] = cosine * below + sine * left;
      tail[h] = cosine * left - sine * below;
    }
  }
  order_.erase(order_.begin() + position);
}

void FaceFactor::substitute(double* v) const {
  const Index k = size();
  lapack::trsv('N', k, lower_.data(), ld_, v);
  lapack::trsv('T', k, lower_.data(), ld_, v);
}

void FaceFactor::solve(double alpha, double tolerance, double* v) {
  if (size() == 0) return;
  if (ridge_ && alpha != alpha_) conjugate_gradients(alpha_ - alpha, tolerance, v);
  else substitute(v);
}

// K = M - shift diag(l2) with M = L L'. M p follows the same recurrence as p, so that no product
// with G is needed.
void FaceFactor::conjugate_gradients(double shift, double tolerance, double* v) {
  constexpr int most_steps = 60;
  const Index k = size();
  work_.resize(std::max(work_.size(), static_cast<std::size_t>(6 * k)));
  double* x = work_.data();
  double* r = x + k;
  double* z = r + k;
  double* p = z + k;
  double* mp = p + k;
  double* l2 = mp + k;
  for (Index a = 0; a < k; ++a) l2[a] = shift * slots_.penalty(order_[a]).l2;
  std::fill_n(x, k, 0.0);
  std::copy_n(v, k, r);
  std::copy_n(v, k, mp);
  std::copy_n(v, k, z);
  substitute(z);
  std::copy_n(z, k, p);
  double rz = 0.0;
  for (Index a = 0; a < k; ++a) rz += r[a] * z[a];
  const double enough = tolerance * tolerance * rz;
  for (int step = 0; step < most_steps && rz > enough; ++step) {
    check(monitor_);
    double curvature = 0.0;
    for (Index a = 0; a < k; ++a) curvature += p[a] * (mp[a] - l2[a] * p[a]);
    if (!(curvature > 0.0)) break;
    const double length = rz / curvature;
    for (Index a = 0; a < k; ++a) {
      x[a] += length * p[a];
      r[a] -= length * (mp[a] - l2[a] * p[a]);
    }
    std::copy_n(r, k, z);
    substitute(z);
    double next = 0.0;
    for (Index a = 0; a < k; ++a) next += r[a] * z[a];
    const double ratio = next / rz;
    rz = next;
    for (Index a = 0; a < k; ++a) {
      p[a] = z[a] + ratio * p[a];
      mp[a] = r[a] + ratio * mp[a];
    }
  }
  std::copy_n(x, k, v);
}

}  // namespace elltwo
