#include "solvers/logistic/small.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/table.hpp"
#include "linalg/buffer.hpp"
#include "linalg/small_posdef.hpp"
#include "model/logistic_loss.hpp"
#include "solvers/logistic/gap_bound.hpp"
#include "solvers/logistic/thresholds.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr Index max_p = 32;
constexpr Index max_cols = 40;                  // features and ones, padded to whole panels
constexpr Index most_packed_numbers = 1 << 15;  // in the packed copy: 256 kB
constexpr int most_newton_steps = 30;

/// Newton decrement, relative to the objective, below which the Hessian is kept to the end.
constexpr double kept_decrement = 1e-7;

/// Reciprocal condition number below which the fit is left to the general solvers.
constexpr double least_rcond = 1e-9;

template <Real T>
bool is_plain(const LogisticPath<T>& path) {
  const auto& data = path.data;
  return data.n_outputs() == 1 && path.alphas.size() == 1 && path.alphas[0] > 0.0 &&
         path.alphas[0] < 1e100 && path.start.empty() && data.penalty_factors.empty() &&
         data.prior_mean.empty() && data.sample_weight.empty() && data.offset.empty() &&
         data.rows.empty() && path.options.solver == LogisticSolver::automatic &&
         data.x.cols <= max_p && data.x.cols < data.x.rows &&
         data.x.rows * max_cols <= most_packed_numbers;
}

/// The sum of products, in as many running sums as a vector has lanes: one would wait for the sum
/// before.
double sum_of_products(Index n, Index width, const double* a, const double* b) {
  alignas(64) double lanes[8] = {};
  const Index whole = n / width * width;
  kernels().column_dots(n / width, a, b, width, lanes);
  double sum = 0.0;
  for (const double lane : lanes) sum += lane;
  for (Index i = whole; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

/// Newton's iteration on [x^ | 1], packed in panels, with x^ = s (x - c).
template <Real T>
class SmallLogistic {
 public:
  SmallLogistic(const LogisticData<T>& data, double alpha, const LogisticOptions& options)
      : data_(data),
        options_(options),
        n_(data.x.rows),
        p_(data.x.cols),
        cols_(p_ + (options.fit_intercept ? 1 : 0)),
        width_(kernels().width_f64),
        panels_((cols_ + width_ - 1) / width_),
        alpha_(alpha),
        work_(2 * n_ * panels_ * width_ + 2 * n_) {}

  bool prepare();
  bool minimise(LogisticInfo& info);
  void write(double* coef, double* intercept) const;

 private:
  Index padded() const { return panels_ * width_; }
  double* packed() { return work_.data(); }
  double* weighted() { return work_.data() + n_ * padded(); }
  double* z() { return work_.data() + 2 * n_ * padded(); }
  double* curvature() { return z() + n_; }
  double penalty(Index j) const { return j < p_ ? alpha_ * scale_[j] * scale_[j] : 0.0; }
  void pack();
  bool scale_columns();
  double evaluate(const double* theta);
  double optimality() const;
  bool factor_hessian();
  double newton_step(double* step) const;
  double bound(double objective);
  void polish(LogisticInfo& info, double& objective);

  const LogisticData<T>& data_;
  const LogisticOptions& options_;
  Index n_, p_, cols_, width_, panels_;
  double alpha_;
  Buffer<double> work_;  ///< packed, weighted, z and curvature, one after the other
  alignas(64) double shift_[max_cols] = {};  ///< c
  alignas(64) double scale_[max_cols] = {};  ///< s
  double size_[max_cols] = {};               ///< norms of the columns
  alignas(64) double theta_[max_cols] = {};
  alignas(64) double slope_[max_cols] = {};  ///< negative gradient of the objective
  alignas(64) double gram_[max_cols * max_cols];
  double hessian_scale_[max_cols];
  double lower_[max_cols * max_cols];  ///< the Hessian's Cholesky factor
  double loss_ = 0.0;
  double residual_ = 0.0;  ///< sum of squared residuals
};

template <Real T>
void SmallLogistic<T>::pack() {
  const Source<T> source{
      .x = data_.x, .col_shift = shift_, .col_scale = scale_, .ones = options_.fit_intercept};
  kernels().pack<T, double>()(source, 0, n_, 0, panels_, packed(), n_ * width_);
}

template <Real T>
bool SmallLogistic<T>::prepare() {
  std::fill_n(scale_, p_, 1.0);
  for (Index j = 0; j < p_ && options_.fit_intercept; ++j) shift_[j] = data_.x(0, j);
  return scale_columns();
}

// Sets shifts to the means, and scales. False if a column is constant, out of range or not finite.
template <Real T>
bool SmallLogistic<T>::scale_columns() {
  pack();
  alignas(64) double sum[max_cols] = {};
  alignas(64) double squares[max_cols] = {};
  alignas(64) double largest[max_cols] = {};
  kernels().columns(n_, packed(), panels_, n_ * width_, nullptr, sum, squares, largest);
  const auto n = static_cast<double>(n_);
  for (Index j = 0; j < p_; ++j) {
    const double mean = options_.fit_intercept ? sum[j] / n : 0.0;
    const double square = squares[j] - mean * sum[j];
    const bool good = square > 1e-8 * squares[j] && square > 1e-150 && squares[j] < 1e150;
    if (!good) return false;
    shift_[j] = static_cast<double>(static_cast<T>(shift_[j] + mean));
    scale_[j] = std::ldexp(1.0, -std::ilogb(std::sqrt(square / n)));
    size_[j] = std::sqrt(square) * scale_[j];
  }
  size_[p_] = std::sqrt(n);
  pack();
  return true;
}

// Returns the objective at theta; sets loss_, slope_, residual_ and the curvature of the rows.
template <Real T>
double SmallLogistic<T>::evaluate(const double* theta) {
  const Index stride = n_ * width_;
  Ahead nothing;
  kernels().forward(n_, packed(), panels_, stride, theta, max_cols, 1, z(), n_, nothing);
  loss_ = binomial_terms(n_, z(), data_.label.data(), nullptr, curvature());
  residual_ = sum_of_products(n_, width_, z(), z());
  std::fill_n(slope_, max_cols, 0.0);
  kernels().adjoint(n_, packed(), panels_, stride, z(), n_, 1, slope_, max_cols, nothing);
  double objective = loss_;
  for (Index j = 0; j < p_; ++j) {
    slope_[j] -= penalty(j) * theta[j];
    objective += 0.5 * penalty(j) * theta[j] * theta[j];
  }
  return objective;
}

template <Real T>
double SmallLogistic<T>::optimality() const {
  double worst = 0.0;
  for (Index j = 0; j < cols_; ++j) worst = std::max(worst, std::abs(slope_[j]) / size_[j]);
  return worst == 0.0 ? 0.0 : worst / std::sqrt(residual_);
}

// Forms and factors the Hessian. False if it is not positive definite.
template <Real T>
bool SmallLogistic<T>::factor_hessian() {
  const Index stride = n_ * width_;
  for (Index b = 0; b < panels_; ++b) {  // a panel is a matrix of rows of its width
    const Source<double> panel{.x = row_major(packed() + b * stride, n_, width_),
                               .row_scale = curvature()};
    kernels().pack_f64(panel, 0, n_, 0, 1, weighted() + b * stride, stride);
  }
  const Index ld = padded();
  std::fill_n(gram_, ld * ld, 0.0);
  Ahead nothing;
  for (Index i = 0; i < panels_; ++i) {
    kernels().tiles_f64(n_, weighted() + i * stride, std::min(width_, cols_ - i * width_),
                        packed() + i * stride, panels_ - i, stride, gram_ + i * width_ * (ld + 1),
                        ld, nothing);
  }
  return small::factor(
      gram_, ld, cols_, [this](Index j) { return penalty(j); }, hessian_scale_, lower_);
}

// step = H^-1 slope. Returns slope . step.
template <Real T>
double SmallLogistic<T>::newton_step(double* step) const {
  for (Index j = 0; j < cols_; ++j) step[j] = slope_[j] * hessian_scale_[j];
  small::substitute(cols_, lower_, step);
  double descent = 0.0;
  for (Index j = 0; j < cols_; ++j) {
    step[j] *= hessian_scale_[j];
    descent += step[j] * slope_[j];
  }
  return descent;
}

// An upper bound of (objective - minimum) / objective: gap_bound() of a fit whose intercept alone
// has no penalty, with a tilt by Newton's step. Overwrites z where it is needed.
template <Real T>
double SmallLogistic<T>::bound(double objective) {
  double curvature_sum = 0.0;
  for (Index i = 0; i < n_; ++i) curvature_sum += curvature()[i];
  const auto terms_of = [this](Index j) -> PenaltyAndSize {
    return {penalty(j), size_[j], std::sqrt(residual_)};
  };
  const auto free_step_of = [&](const std::vector<double>& slope) {
    if (slope.empty()) return FreeStep{.known = true, .step = {}};
    const double step = slope[0] / curvature_sum;
    return FreeStep{.known = curvature_sum > 0.0,
                    .step = {step},
                    .decrement = slope[0] * step,
                    .range = std::abs(step)};
  };
  GapTerms terms{.size = cols_,
                 .outputs = 1,
                 .objective = objective,
                 .free = {},
                 .terms_of = terms_of,
                 .free_step_of = free_step_of};
  if (cols_ > p_) terms.free.push_back(p_);
  const auto tilt = [&] {
    Tilt by{.step = Buffer<double>::zeros(max_cols), .product = Buffer<double>::zeros(max_cols)};
    newton_step(by.step.data());
    const Index stride = n_ * width_;
    Ahead nothing;
    kernels().forward(n_, packed(), panels_, stride, by.step.data(), max_cols, 1, z(), n_, nothing);
    for (Index i = 0; i < n_; ++i) {
      by.range = std::max(by.range, std::abs(z()[i]));
      z()[i] *= curvature()[i];
    }
    kernels().adjoint(n_, packed(), panels_, stride, z(), n_, 1, by.product.data(), max_cols,
                      nothing);
    return by;
  };
  return best_bound(terms, slope_, false, tilt);
}

// Sets the gap. A fit held to a strict tolerance takes one more step if that lowers the optimality.
template <Real T>
void SmallLogistic<T>::polish(LogisticInfo& info, double& objective) {
  info.gap = bound(objective);
  if (info.optimality <= polished_optimality || options_.tol > tol_of_polished_fits) return;
  double step[max_cols];
  newton_step(step);
  const double loss = loss_;
  for (Index j = 0; j < cols_; ++j) theta_[j] += step[j];
  const double reached = evaluate(theta_);
  ++info.n_passes;
  if (const double better = optimality(); better < info.optimality) {
    info.optimality = better;
    objective = reached;
    info.gap = bound(objective);
    return;
  }
  for (Index j = 0; j < cols_; ++j) theta_[j] -= step[j];
  loss_ = loss;
}

template <Real T>
bool SmallLogistic<T>::minimise(LogisticInfo& info) {
  if (options_.fit_intercept) {
    const auto ones = static_cast<double>(std::count(data_.label.begin(), data_.label.end(), 1));
    theta_[p_] = std::log(ones / (static_cast<double>(n_) - ones));
  }
  double objective = evaluate(theta_);
  bool keep = false;
  const int most = std::min(most_newton_steps, options_.max_iter);
  for (info.n_iter = 0;; ++info.n_iter) {
    info.optimality = optimality();
    info.n_passes = info.n_iter + 1;
    if (info.optimality <= options_.tol) break;
    if (info.n_iter == most || !std::isfinite(objective)) return false;
    if (!keep && !factor_hessian()) return false;
    info.n_hessians += keep ? 0.0 : 1.0;
    double step[max_cols];
    const double descent = newton_step(step);
    for (Index j = 0; j < cols_; ++j) theta_[j] += step[j];
    const double reached = evaluate(theta_);
    const double noise = objective_noise * std::abs(objective);
    if (!(reached <= objective - sufficient_decrease * descent + noise)) return false;
    objective = reached;
    keep = 0.5 * descent < kept_decrement * objective;
  }
  if (info.n_iter == 0) return false;
  polish(info, objective);
  const auto diagonal = [this](Index j) { return penalty(j); };
  info.rcond = small::rcond<max_cols>(gram_, padded(), cols_, diagonal, hessian_scale_, lower_);
  info.objective = objective;
  info.loss = loss_;
  return info.rcond >= least_rcond;
}

template <Real T>
void SmallLogistic<T>::write(double* coef, double* intercept) const {
  double shift = 0.0;  // c.b
  for (Index j = 0; j < p_; ++j) {
    coef[j] = theta_[j] * scale_[j];
    shift += coef[j] * shift_[j];
  }
  *intercept = options_.fit_intercept ? theta_[p_] - shift : 0.0;
}

}  // namespace

template <Real T>
bool logistic_small(const LogisticPath<T>& path, LogisticInfo& info) {
  if (!is_plain(path)) return false;
  info = {};
  SmallLogistic<T> fit(path.data, path.alphas[0], path.options);
  if (!fit.prepare() || !fit.minimise(info)) return false;
  info.tolerance = path.options.tol;
  info.solver = Solver::newton_cholesky;
  info.reason = "small and well-conditioned";
  info.rank = path.data.x.cols + (path.options.fit_intercept ? 1 : 0);
  fit.write(path.coef.data(), path.intercept.data());
  return true;
}

template bool logistic_small<double>(const LogisticPath<double>&, LogisticInfo&);
template bool logistic_small<float>(const LogisticPath<float>&, LogisticInfo&);

}  // namespace elltwo
