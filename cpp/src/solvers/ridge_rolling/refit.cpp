#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <stdexcept>

#include "elltwo/ridge.hpp"
#include "linalg/lapack.hpp"
#include "parallel/team.hpp"
#include "solvers/ridge/outcome.hpp"
#include "solvers/ridge_rolling/steps.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

// Decay below which products with weights would leave the range of double; such rows are left out.
constexpr double least_decay = 1e-250;

/// Fits of single windows from their rows, which are copied.
template <Real T>
class Refit {
 public:
  explicit Refit(const RollingSteps<T>& steps) : steps_(steps) {}

  /// Fits step i by ridge() and writes its results. Throws Interrupted.
  SolveInfo fit(Index i, Monitor& monitor) {
    gather(i);
    const auto& data = steps_.rows.data();
    const Index targets = steps_.rows.n_targets();
    const auto& out = steps_.results;
    double* coef = out.coef.data() + i * targets * data.x.cols;
    double* intercept = out.intercept.data() + i * targets;
    const auto info =
        ridge<T>({.x = row_major(x_.data(), n_rows_, data.x.cols),
                  .y = row_major(y_.data(), n_rows_, targets),
                  .alpha = {&alpha_, 1},
                  .penalty_factors = data.penalty_factors,
                  .prior_mean = {},
                  .sample_weight = weight_},
                 {.fit_intercept = steps_.options.fit_intercept, .n_threads = 1}, monitor,
                 std::span(coef, targets * data.x.cols), std::span(intercept, targets));
    if (info.status == Status::interrupted) throw Interrupted{};
    const double used = freedom_used(info) + (steps_.options.fit_intercept ? 1.0 : 0.0);
    for (Index t = 0; t < targets; ++t) {
      const Index at = i * targets + t;
      out.residual_variance[at] = variance(t, used, coef + t * data.x.cols, intercept[t]);
    }
    return info;
  }

 private:
  void gather(Index i) {
    const auto& rows = steps_.rows;
    const auto& options = steps_.options;
    const auto& data = rows.data();
    Index last = i;
    while (!rows.counts(last)) --last;
    x_.clear();
    y_.clear();
    weight_.clear();
    squared_decay_ = 0.0;
    for (Index k = steps_.first_row(i); k <= last; ++k) {
      const double decay = std::exp2(-static_cast<double>(last - k) / options.half_life);
      if (!rows.counts(k) || decay < least_decay) continue;
      for (Index j = 0; j < data.x.cols; ++j) x_.push_back(data.x(k, j));
      for (Index t = 0; t < data.y.cols; ++t) y_.push_back(data.y(k, t));
      weight_.push_back(rows.weight(k) * decay);
      squared_decay_ += rows.weight(k) * decay * decay;
    }
    n_rows_ = static_cast<Index>(weight_.size());
    // Weights are relative to the last row's, and so is the penalty.
    penalty_scale_ = std::exp2(static_cast<double>(i - last) / options.half_life);
    alpha_ = data.alpha == 0.0 ? 0.0 : data.alpha * penalty_scale_;
  }

  // The trace of the hat matrix without the intercept: without penalties the rank, else the sum of
  // s^2 / (1 + s^2) over the singular values s of W^1/2 (X - mean) (alpha F)^-1/2. Where some
  // features are not penalised, it is the squared norm of U1 with [U1; U2] an orthonormal basis of
  // the columns of [W^1/2 (X - mean); (alpha F)^1/2].
  double freedom_used(const SolveInfo& info) const {
    const auto& features = steps_.rows.features();
    std::vector<Index> columns;
    std::vector<double> penalties;
    for (std::size_t j = 0; j < features.size(); ++j) {
      const double penalty = steps_.rows.penalties()[j] * penalty_scale_;
      if (!std::isfinite(penalty)) continue;
      columns.push_back(features[j]);
      penalties.push_back(penalty);
    }
    const auto p = static_cast<Index>(columns.size());
    if (p == 0) return 0.0;
    const bool all = *std::ranges::min_element(penalties) > 0.0;
    const bool none = *std::ranges::max_element(penalties) == 0.0;
    if (none) return static_cast<double>(info.rank);
    const Index m = n_rows_ + (all ? 0 : p);
    auto a = Buffer<double>::zeros(m * p);
    for (Index j = 0; j < p; ++j) {
      double* column = a.data() + j * m;
      fill_column(columns[j], column);
      if (m > n_rows_) column[n_rows_ + j] = std::sqrt(penalties[j]);
      if (all) scale(m, 1.0 / std::sqrt(penalties[j]), column);
      else normalise(m, column);
    }
    const Index k = std::min(m, p);
    Buffer<double> s(k);
    Buffer<double> u(m * k);
    Buffer<double> vt(k * p);
    Monitor nobody;  // the rows of a window
    if (!lapack::gesdd(m, p, a.data(), m, s.data(), u.data(), m, vt.data(), k, nobody)) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    double sum = 0.0;
    const double least = s[0] * static_cast<double>(m + p) * epsilon;
    for (Index j = 0; j < k && s[j] > least; ++j) {
      if (all) sum += 1.0 / (1.0 + 1.0 / s[j] / s[j]);
      for (Index i = 0; !all && i < n_rows_; ++i) sum += u[j * m + i] * u[j * m + i];
    }
    return sum;
  }

  // column = W^1/2 (x_j - mean), or W^1/2 x_j without an intercept.
  void fill_column(Index j, double* column) const {
    const Index cols = steps_.rows.data().x.cols;
    const auto x = [&](Index i) { return static_cast<double>(x_[i * cols + j]); };
    double mean = steps_.options.fit_intercept ? x(0) : 0.0;
    double total = 0.0;
    for (Index i = 0; steps_.options.fit_intercept && i < n_rows_; ++i) {
      const double w = weight_[i];
      total += w;
      mean += (x(i) - mean) * w / total;
    }
    for (Index i = 0; i < n_rows_; ++i) {
      column[i] = std::sqrt(weight_[i]) * (x(i) - mean);
    }
  }

  static void scale(Index m, double factor, double* column) {
    for (Index i = 0; i < m; ++i) column[i] *= factor;
  }

  // Scales a column to unit length, which does not change the span; zeros stay zeros.
  static void normalise(Index m, double* column) {
    double largest = 0.0;
    for (Index i = 0; i < m; ++i) largest = std::max(largest, std::abs(column[i]));
    if (largest == 0.0) return;
    double square = 0.0;
    for (Index i = 0; i < m; ++i) square += (column[i] / largest) * (column[i] / largest);
    for (Index i = 0; i < m; ++i) column[i] = column[i] / largest / std::sqrt(square);
  }

  // The residual variance with `used` degrees of freedom in the fit; NaN where none are left.
  double variance(Index target, double used, const double* coef, double intercept) const {
    const Index cols = steps_.rows.data().x.cols;
    const Index targets = steps_.rows.n_targets();
    double rss = 0.0;
    double weight = 0.0;
    for (Index i = 0; i < n_rows_; ++i) {
      double residual = y_[i * targets + target] - intercept;
      for (Index j = 0; j < cols; ++j) {
        residual -= static_cast<double>(x_[i * cols + j]) * coef[j];
      }
      const double w = weight_[i];
      weight += w;
      rss += w * residual * residual;
    }
    const double freedom = weight * weight / squared_decay_ - used;
    if (!(freedom > 1e-9)) return std::numeric_limits<double>::quiet_NaN();
    return rss * (weight / squared_decay_) / freedom;
  }

  const RollingSteps<T>& steps_;
  Index n_rows_ = 0;
  double alpha_ = 0.0;
  double penalty_scale_ = 1.0;
  double squared_decay_ = 0.0;
  std::vector<T> x_;
  std::vector<double> y_;
  std::vector<double> weight_;
};

}  // namespace

template <Real T>
void refit_poor(RollingSteps<T>& steps, Relay& relay, int n_threads, SolveInfo& info) {
  std::vector<Index> poor;
  for (Index i = 0; i < steps.rows.size(); ++i) {
    if (steps.poor[i] != 0) poor.push_back(i);
  }
  if (poor.empty()) return;
  TaskCounter tasks(static_cast<Index>(poor.size()));
  std::mutex lock;
  info.fallback =
      "windows whose moments are poorly conditioned, or too large, were fitted from their rows";
  run_team(n_threads, [&](TeamMember&) {
    Refit<T> refit(steps);
    Monitor monitor = relay.monitor();
    for (Index task = 0; tasks.next(task);) {
      relay.check();
      SolveInfo one;
      try {
        one = refit.fit(poor[task], monitor);
      } catch (const std::overflow_error& error) {
        throw std::overflow_error(naming_step(poor[task], error.what()));
      }
      const std::lock_guard guard(lock);
      if (one.status != Status::converged) info.status = one.status;
      info.optimality = std::max(info.optimality, one.optimality);
      info.rcond = std::min(info.rcond, one.rcond);
      info.rank = std::min(info.rank, one.rank);
      info.n_iter = std::max(info.n_iter, one.n_iter);
    }
  });
}

template void refit_poor<double>(RollingSteps<double>&, Relay&, int, SolveInfo&);
template void refit_poor<float>(RollingSteps<float>&, Relay&, int, SolveInfo&);

}  // namespace elltwo
