#include "solvers/coordinate/column_quadratic.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "linalg/blas.hpp"
#include "parallel/interruption.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"
#include "solvers/ridge/ridge.hpp"
#include "solvers/ridge/validate.hpp"

namespace elltwo {
namespace {

double dot_by_lanes(const double* a, const double* b, Index n) {
  constexpr Index lanes = 8;  // independent: a loop over them becomes vectors
  double sum[lanes] = {};
  Index i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (Index lane = 0; lane < lanes; ++lane) sum[lane] += a[i + lane] * b[i + lane];
  }
  for (; i < n; ++i) sum[0] += a[i] * b[i];
  return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

/// Centres n values by their weighted mean, in two steps because the first is rounded; returns it.
template <class Weight>
double take_out_mean(double* v, Index n, Weight weight) {
  double mean = 0.0;
  for (int step = 0; step < 2; ++step) {
    double sum = 0.0, total = 0.0;
    for (Index i = 0; i < n; ++i) {
      sum += weight(i) * v[i];
      total += weight(i);
    }
    for (Index i = 0; i < n; ++i) v[i] -= sum / total;
    mean += sum / total;
  }
  return mean;
}

}  // namespace

// sqrt(w) (x - mean) of the scaled feature; returns the mean. About the first value, so that
// constants come out as zeros.
template <Real T>
double ColumnQuadratic<T>::copy_column(Index j, double* out) const {
  const auto x = problem_.data().x.column(j);
  const Index n = problem_.n_samples();
  const double scale = problem_.x_scale(j);
  const double first = problem_.centred() ? scale * static_cast<double>(x(0, 0)) : 0.0;
  for (Index i = 0; i < n; ++i) out[i] = scale * static_cast<double>(x(i, 0)) - first;
  double mean = first;
  if (problem_.centred())
    mean += take_out_mean(out, n, [&](Index i) { return problem_.weight(i); });
  const double* root = problem_.sqrt_weight();
  for (Index i = 0; root != nullptr && i < n; ++i) out[i] *= root[i];
  return problem_.centred() ? mean : 0.0;
}

template <Real T>
void ColumnQuadratic<T>::copy_columns() {
  const double work = static_cast<double>(rows_) * p();
  run_over(p(), threads_for(problem_.options().n_threads, 8.0 * work), [&](Index begin, Index end) {
    for (Index j = begin; j < end; ++j) {
      double* out = columns_.data() + j * rows_;
      means_.x[j] = copy_column(j, out);
      out[rows_ - 1] = 0.0;
      square_[j] = dot_by_lanes(out, out, rows_);
    }
  });
}

template <Real T>
bool ColumnQuadratic<T>::in_range() const {
  for (Index j = 0; j < p(); ++j) {
    const double square = square_[j];
    if (square == 0.0 && problem_.vanishes(j)) continue;
    if (out_of_range<double>(square)) return false;
  }
  return true;
}

template <Real T>
void ColumnQuadratic<T>::prepare() {
  throw_if_not_finite(problem_.data(), problem_.monitor());
  rows_ = problem_.n_samples() + 1;
  columns_ = Buffer<double>(rows_ * p());
  square_.resize(p());
  means_.x.resize(p());
  means_.y.resize(problem_.n_targets());
  for (Index i = 0; problem_.centred() && i < rows_ - 1; ++i) means_.weight += problem_.weight(i);
  copy_columns();
  bool fits = in_range();
  for (Index t = 0; t < problem_.n_targets(); ++t) {
    take_target(t);
    fits = fits && !out_of_range<double>(target_norm_ * target_norm_);
  }
  if (fits) return;
  problem_.scale_columns();
  copy_columns();
}

// sqrt(w) (y - mean), scaled, and its mean.
template <Real T>
void ColumnQuadratic<T>::take_target(Index t) {
  const Index n = problem_.n_samples();
  const double scale = problem_.y_scale(t);
  target_.assign(rows_, 0.0);
  for (Index i = 0; i < n; ++i) {
    target_[i] = scale * problem_.data().y(i, t);
  }
  if (problem_.centred()) {
    means_.y[t] = take_out_mean(target_.data(), n, [&](Index i) { return problem_.weight(i); });
  }
  const double* root = problem_.sqrt_weight();
  for (Index i = 0; root != nullptr && i < n; ++i) target_[i] *= root[i];
  target_norm_ = std::sqrt(dot_by_lanes(target_.data(), target_.data(), rows_));
}

// kappa (y_mean - x_mean.b)^2 is what a penalised intercept adds to the centred sum of squares.
template <Real T>
void ColumnQuadratic<T>::take_intercept_row() {
  const double root = std::sqrt(problem_.kappa(means_.weight, group_.alpha));
  const Index last = rows_ - 1;
  for (Index j = 0; j < p(); ++j) {
    double& entry = columns_[j * rows_ + last];
    entry = root * means_.x[j];
    square_[j] = dot_by_lanes(column(j), column(j), last) + entry * entry;
  }
  target_[last] = root * means_.y[group_.targets[0]];
}

template <Real T>
void ColumnQuadratic<T>::begin(const TargetGroup& group, std::vector<double> b) {
  group_ = group;
  take_target(group.targets[0]);
  take_intercept_row();
  set_point(std::move(b));
}

template <Real T>
void ColumnQuadratic<T>::set_point(std::vector<double> b) {
  b_ = std::move(b);
  residual_ = target_;
  blas::gemm(blas::Op::none, blas::Op::none, rows_, 1, p(), -1.0, columns_.data(), rows_, b_.data(),
             p(), 1.0, residual_.data(), rows_);
}

template <Real T>
void ColumnQuadratic<T>::refresh() {
  set_point(b_);
  check(problem_.monitor());
}

template <Real T>
double ColumnQuadratic<T>::slope(Index j) const {
  const double b = b_[j];
  return dot_by_lanes(column(j), residual_.data(), rows_) - penalty(j) * (b - prior(j));
}

template <Real T>
void ColumnQuadratic<T>::move(Index j, double by) {
  b_[j] += by;
  const double* x = column(j);
  for (Index i = 0; i < rows_; ++i) residual_[i] -= by * x[i];
}

template <Real T>
double ColumnQuadratic<T>::curvature(Index j) const {
  return square_[j] + penalty(j);
}

// The free columns, and one more where they are centred: the direction that centring took out of
// them, on which no target depends, without which no n x n system of them is regular.
template <Real T>
Buffer<double> ColumnQuadratic<T>::gathered(const std::vector<Index>& free, bool filled) const {
  const auto m = static_cast<Index>(free.size());
  Buffer<double> x(rows_ * (m + 1));
  double square = 0.0;
  for (Index a = 0; a < m; ++a) {
    std::copy_n(column(free[a]), rows_, x.data() + a * rows_);
    square += square_[free[a]];
  }
  const double unit = filled ? std::sqrt(square / means_.weight) : 0.0;
  const double* root = problem_.sqrt_weight();
  double* direction = x.data() + m * rows_;
  for (Index i = 0; i < rows_ - 1; ++i) direction[i] = root != nullptr ? unit * root[i] : unit;
  direction[rows_ - 1] = 0.0;
  return x;
}

// A ridge problem of its own on the free columns: in the step from b where nothing is penalised,
// which is then the shortest one in the norm of the factors.
template <Real T>
void ColumnQuadratic<T>::minimise(const std::vector<Index>& free, double* z, SolveInfo& info) {
  std::vector<double> factors, priors, origin, y = residual_, solution(free.size() + 1);
  for (const Index j : free) factors.push_back(penalty(j));
  const bool step = std::all_of(factors.begin(), factors.end(), [](double f) { return f == 0.0; });
  for (std::size_t a = 0; a < free.size(); ++a) {
    const Index j = free[a];
    const double b = b_[j];
    origin.push_back(step ? b : 0.0);
    priors.push_back(step ? 0.0 : factors[a] > 0.0 ? prior(j) : b);
    for (Index i = 0; !step && i < rows_; ++i) y[i] += b * column(j)[i];
  }
  const bool has_row = problem_.intercept_penalty(group_.alpha) > 0.0;
  const bool filled = step && problem_.centred() && !has_row;
  const auto x = gathered(free, filled);
  const Index rows = has_row ? rows_ : rows_ - 1;
  const auto m = static_cast<Index>(free.size()) + (filled ? 1 : 0);
  for (std::size_t a = 0; step && a < free.size(); ++a) {
    const double relative = problem_.x_scale(free[a]) / problem_.x_scale(free[0]);
    factors[a] = problem_.raw_penalty(free[a], 1.0) * relative * relative;
  }
  factors.resize(m, 1.0);
  priors.resize(m);
  const double alpha = step ? 0.0 : 1.0;
  const RidgeData<double> data{.x = {x.data(), rows, m, 1, rows_},
                               .y = row_major(y.data(), rows, 1),
                               .alpha = {&alpha, 1},
                               .penalty_factors = factors,
                               .prior_mean = priors,
                               .sample_weight = {}};
  auto options = problem_.options();
  options.fit_intercept = options.penalize_intercept = false;
  double none = 0.0;
  const std::span<double> coef(solution.data(), m);
  const auto fit =
      ridge_from_products<double>(data, {}, options, problem_.monitor(), coef, {&none, 1});
  for (std::size_t a = 0; a < free.size(); ++a) z[free[a]] = origin[a] + solution[a];
  info.rank = fit.rank - (filled ? 1 : 0);
  info.rcond = fit.rcond;
}

template class ColumnQuadratic<double>;
template class ColumnQuadratic<float>;

}  // namespace elltwo
