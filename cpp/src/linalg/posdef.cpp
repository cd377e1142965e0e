#include "linalg/posdef.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/lapack.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {

double inverse_sqrt_power_of_two(double x) {
  if (!(x > 0.0)) return 0.0;  // ilogb would return a number without a negative
  return std::ldexp(1.0, -std::ilogb(std::sqrt(x)));
}

void PosDefSystem::equilibrate(Monitor& monitor) {
  scale_ = Buffer<double>(n_);
  for (Index j = 0; j < n_; ++j) scale_[j] = inverse_sqrt_power_of_two(factor_[j * n_ + j]);
  for (Index j = 0; j < n_; ++j) {
    if (j % 256 == 0) check(monitor);
    for (Index i = j; i < n_; ++i) factor_[j * n_ + i] *= scale_[i] * scale_[j];
  }
}

double PosDefSystem::one_norm(Monitor& monitor) const {
  auto sums = Buffer<double>::zeros(n_);
  for (Index j = 0; j < n_; ++j) {
    if (j % 256 == 0) check(monitor);
    const double* column = factor_.data() + j * n_;
    double sum = std::abs(column[j]);
    for (Index i = j + 1; i < n_; ++i) {
      const double a = std::abs(column[i]);
      sum += a;
      sums[i] += a;
    }
    sums[j] += sum;
  }
  return *std::max_element(sums.begin(), sums.end());
}

bool PosDefSystem::factor(int n_threads, Monitor& monitor) {
  equilibrate(monitor);
  const double norm = one_norm(monitor);
  if (!cholesky(n_, factor_.data(), n_, n_threads, monitor)) return false;
  rcond_ = lapack::pocon(blas::Uplo::lower, n_, factor_.data(), n_, norm, monitor);
  return true;
}

void PosDefSystem::solve_block(double* rhs, Index n_rhs, Index ld) const {
  const auto apply_scale = [&] {
    for (Index t = 0; t < n_rhs; ++t) {
      for (Index i = 0; i < n_; ++i) rhs[t * ld + i] *= scale_[i];
    }
  };
  apply_scale();
  blas::trsm(blas::Side::left, blas::Uplo::lower, blas::Op::none, n_, n_rhs, factor_.data(), n_,
             rhs, ld);
  blas::trsm(blas::Side::left, blas::Uplo::lower, blas::Op::transpose, n_, n_rhs, factor_.data(),
             n_, rhs, ld);
  apply_scale();
}

void PosDefSystem::solve(double* rhs, Index n_rhs, Index ld, int n_threads,
                         Monitor& monitor) const {
  constexpr Index block = 32;
  const Index n_blocks = (n_rhs + block - 1) / block;
  const int team = threads_for(n_threads, 2.0 * static_cast<double>(n_) * n_ * n_rhs);
  TaskCounter blocks(n_blocks);
  Relay relay(monitor);
  run_team(static_cast<int>(std::min<Index>(team, n_blocks)), [&](TeamMember&) {
    for (Index b = 0; blocks.next(b);) {
      relay.check();
      solve_block(rhs + b * block * ld, std::min(block, n_rhs - b * block), ld);
    }
  });
}

// The squared lengths of the columns of L^-1 D, D being the scales.
Buffer<double> PosDefSystem::inverse_diagonal(int n_threads, Monitor& monitor) const {
  constexpr Index block = 64;  // columns, which begin at their own row
  Buffer<double> diagonal(n_);
  Relay relay(monitor);
  TaskCounter blocks((n_ + block - 1) / block);
  const double work = static_cast<double>(n_) * static_cast<double>(n_) * n_ / 3.0;
  run_team(threads_for(n_threads, work), [&](TeamMember&) {
    for (Index task = 0; blocks.next(task);) {
      relay.check();
      const Index first = task * block, count = std::min(block, n_ - first), rows = n_ - first;
      auto columns = Buffer<double>::zeros(rows * count);
      for (Index c = 0; c < count; ++c) columns[c * rows + c] = scale_[first + c];
      blas::trsm(blas::Side::left, blas::Uplo::lower, blas::Op::none, rows, count,
                 factor_.data() + first * (n_ + 1), n_, columns.data(), rows);
      for (Index c = 0; c < count; ++c) {
        double sum = 0.0;
        for (Index i = c; i < rows; ++i) sum += columns[c * rows + i] * columns[c * rows + i];
        diagonal[first + c] = sum;
      }
    }
  });
  return diagonal;
}

Buffer<double> PosDefSystem::inverse_factor(int n_threads, Monitor& monitor) const {
  constexpr Index block = 64;  // columns; what is above the diagonal stays zero
  auto inverse = Buffer<double>::zeros(n_ * n_);
  Relay relay(monitor);
  TaskCounter blocks((n_ + block - 1) / block);
  const double work = static_cast<double>(n_) * static_cast<double>(n_) * n_ / 3.0;
  run_team(threads_for(n_threads, work), [&](TeamMember&) {
    for (Index task = 0; blocks.next(task);) {
      relay.check();
      const Index j = task * block, end = std::min(j + block, n_);
      for (Index c = j; c < end; ++c) inverse[c * n_ + c] = scale_[c];
      blas::trsm(blas::Side::left, blas::Uplo::lower, blas::Op::none, n_ - j, end - j,
                 factor_.data() + j * (n_ + 1), n_, inverse.data() + j * (n_ + 1), n_);
    }
  });
  return inverse;
}

}  // namespace elltwo
