#include "solvers/logistic_bounded/descent.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/n_threads.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/logistic/gap_bound.hpp"
#include "solvers/logistic/thresholds.hpp"
#include "solvers/logistic_bounded/dense_model.hpp"
#include "solvers/logistic_bounded/streamed_model.hpp"
#include "solvers/shared/box.hpp"
#include "solvers/shared/ranges.hpp"
#include "solvers/shared/sparse_costs.hpp"

namespace elltwo {
namespace {

// When the Hessian is refreshed. A contraction is the ratio of optimality after and before a step.

/// The contraction of steps with a fresh Hessian, near the minimum.
constexpr double fresh_contraction = 0.03;

/// A contraction at which the Hessian is refreshed whatever that costs.
constexpr double bad_contraction = 0.5;

/// Columns, times outputs + 1, of a model whose matrix is formed.
constexpr Index most_dense_columns = 4096;

/// Products with a sparse Hessian in the time of which it may be formed and factored. Of random
/// sparse problems, 20 000 x 500 and 20 000 x 1 500 with 20 values a row and two or four classes,
/// the products of conjugate gradients took less time in each with a dearer factor.
constexpr double products_worth_a_factor = 30.0;

/// Coefficients of a model whose matrix is formed because that was asked for: 0.5 GB.
constexpr Index most_coefficients_asked_for = 8192;

// How accurately models are minimised.

/// Part of the model's optimality at its start that may be left, far from the minimum.
constexpr double loose_accuracy = 0.1;

/// Part of the fit's tolerance that may be left in any model.
constexpr double model_noise = 0.01;

/// Rounding of a linear predictor.
constexpr double predictor_rounding = 1e-16;

}  // namespace

template <Real T>
void BoundedLogistic<T>::scale_box() {
  lower_.assign(problem_.size(), -infinity);
  upper_.assign(problem_.size(), infinity);
  for (Index i = 0; i < problem_.size(); ++i) {
    const Index j = column(i);
    if (j == problem_.n_features()) continue;
    lower_[i] = lower_of(box_, j) / problem_.scale(j);
    upper_[i] = upper_of(box_, j) / problem_.scale(j);
  }
}

// Whether the coefficient of column j is fitted and its bounds leave room.
template <Real T>
bool BoundedLogistic<T>::movable(Index j) const {
  return j == problem_.n_features() || (problem_.moves(j) && lower_[j] < upper_[j]);
}

template <Real T>
std::vector<Index> BoundedLogistic<T>::movable_columns() const {
  std::vector<Index> columns;
  for (Index j = 0; j < problem_.cols(); ++j) {
    if (movable(j)) columns.push_back(j);
  }
  return columns;
}

// Sets every coefficient to the value in its bounds nearest to it or, if it is not fitted, to its
// prior mean.
template <Real T>
void BoundedLogistic<T>::move_into_box(Buffer<double>& theta) const {
  for (Index i = 0; i < problem_.size(); ++i) {
    const Index j = column(i);
    if (j == problem_.n_features()) continue;
    const double value = problem_.moves(j) ? theta[i] : problem_.prior(i / problem_.cols(), j);
    theta[i] = clipped(scaled_box(), i, value);
  }
}

template <Real T>
void BoundedLogistic<T>::begin(double alpha, std::span<const double> start) {
  problem_.prepare();
  problem_.set_alpha(alpha);
  scale_box();
  objective_ = std::make_unique<LogisticObjective<T>>(problem_, problem_.rows());
  search_ = std::make_unique<LogisticLineSearch<T>>(*objective_);
  at_ = objective_->new_point();
  direction_ = Buffer<double>(problem_.size());
  const auto theta = start.empty() ? problem_.origin() : problem_.to_scaled(start);
  std::copy(theta.begin(), theta.end(), at_.theta.begin());
  move_into_box(at_.theta);
  objective_->evaluate(at_);
  if (options_.max_iter > 0 && problem_.has_prior()) {
    null_start_ = std::make_unique<NullStart<T>>(*objective_);
  }
}

template <Real T>
void BoundedLogistic<T>::set_alpha(double alpha) {
  problem_.set_alpha(alpha);
  Buffer<double> theta(at_.theta.size());
  std::copy(at_.theta.begin(), at_.theta.end(), theta.begin());
  move_into_box(theta);
  const bool moved = !std::equal(theta.begin(), theta.end(), at_.theta.begin());
  at_.theta = std::move(theta);
  if (moved) objective_->evaluate(at_);
  objective_->penalise(at_);
  fresh_ = false;
  if (model_ && model_->columns() != movable_columns()) model_.reset();
  if (model_) model_->change_penalty();
}

template <Real T>
void BoundedLogistic<T>::take_null_if_lower(LogisticInfo& info) {
  if (null_start_ == nullptr) return;
  auto theta = Buffer<double>(problem_.size());
  std::ranges::copy(problem_.null_origin(), theta.begin());
  move_into_box(theta);
  null_start_->take_if_lower({theta.begin(), theta.end()}, at_, info);
}

// Moves coefficients onto bounds that are nearer than the rounding of predictors, sets push_ and
// returns the optimality.
template <Real T>
double BoundedLogistic<T>::snap_and_measure(LogisticPoint& at) {
  const double close = predictor_rounding * std::sqrt(problem_.weight());
  push_.assign(problem_.size(), 0.0);
  for (Index i = 0; i < problem_.size(); ++i) {
    if (!movable(column(i))) continue;
    const double bound = at.slope[i] > 0.0 ? upper_[i] : lower_[i];
    if (std::abs(bound - at.theta[i]) * problem_.column_size(column(i)) <= close) {
      at.theta[i] = bound;
    }
    push_[i] = push_inside(scaled_box(), i, at.theta[i], at.slope[i]);
  }
  return objective_->optimality(at, push_.data());
}

// Whether conjugate gradients cost less than to form and to factor the Hessian of m columns. More
// columns than rows have a Hessian of low rank plus the penalty, for which they need few
// iterations.
template <Real T>
bool BoundedLogistic<T>::prefers_products(Index m) const {
  const Index outputs = problem_.n_outputs();
  if (options_.solver == LogisticSolver::newton_cg) return true;
  if (options_.solver == LogisticSolver::newton_cholesky) {
    return m > most_coefficients_asked_for / outputs;
  }
  if (m > most_dense_columns / (outputs + 1) || m > problem_.rows().n) return true;
  const auto* matrix = problem_.matrix();
  if (matrix == nullptr) return false;
  const auto k = static_cast<double>(outputs);
  const double order = k * static_cast<double>(m);
  const double factor = seconds_per_gram_product * matrix->n_gram_products() * k * (k + 1.0) / 2.0 +
                        seconds_per_flop * order * order * order / 3.0;
  // A product with the Hessian reads X twice.
  return factor > products_worth_a_factor * 2.0 * seconds_per_value * matrix->n_values() * k;
}

template <Real T>
void BoundedLogistic<T>::refresh(LogisticInfo& info) {
  if (!model_) {
    auto columns = movable_columns();
    streamed_ = prefers_products(static_cast<Index>(columns.size()));
    if (streamed_) model_ = std::make_unique<StreamedBoxModel<T>>(problem_, std::move(columns));
    else model_ = std::make_unique<DenseBoxModel<T>>(problem_, std::move(columns));
  }
  fresh_ = true;
  info.n_hessians += 1.0;
  model_->refresh(at_, problem_.rows());
}

// Whether a fresh Hessian and the faster steps with it cost less than the steps at this
// contraction.
template <Real T>
bool BoundedLogistic<T>::refresh_pays(double contraction, double optimality) const {
  if (streamed_ || contraction >= bad_contraction) return true;
  const double digits = std::log(std::max(optimality / std::max(options_.tol, 1e-15), 1.0));
  const double kept = digits / -std::log(std::max(contraction, 1e-6));
  return model_->cost() + digits / -std::log(fresh_contraction) + 1.0 < kept;
}

// Sets target_ to the minimum of the model in the box, and direction_. Returns slope . direction.
template <Real T>
double BoundedLogistic<T>::minimise_model(LogisticInfo& info) {
  const Index m = model_->size();
  Buffer<double> slope(m), size(m), z(m);
  std::vector<double> lower, upper;
  for (Index v = 0; v < m; ++v) {
    const Index i = model_->index_in_point(v);
    const double r = at_.residual[i / problem_.cols()];
    slope[v] = at_.slope[i];
    size[v] = problem_.column_size(column(i)) * r;
    z[v] = at_.theta[i];
    lower.push_back(lower_[i]);
    upper.push_back(upper_[i]);
  }
  const BoxProblem model{.box = {lower, upper},
                         .slope = slope.data(),
                         .size = size.data(),
                         .accuracy = std::min(loose_accuracy, info.optimality),
                         .noise = model_noise * options_.tol};
  minimise_in_box(model, *model_, z);
  target_ = Buffer<double>(problem_.size());
  std::copy(at_.theta.begin(), at_.theta.end(), target_.begin());
  for (Index v = 0; v < m; ++v) target_[model_->index_in_point(v)] = z[v];
  for (Index i = 0; i < problem_.size(); ++i) direction_[i] = target_[i] - at_.theta[i];
  info.rcond = model_->rcond();
  return dot(at_.slope, direction_);
}

template <Real T>
bool BoundedLogistic<T>::search(double descent, LogisticInfo& info) {
  const auto write_point = [this](double length, double* theta) {
    for (Index i = 0; i < problem_.size(); ++i) {
      const double value = length == 1.0 ? target_[i] : at_.theta[i] + length * direction_[i];
      theta[i] = clipped(scaled_box(), i, value);
    }
  };
  return search_->run(at_, write_point, direction_, descent, info);
}

// The columns without a penalty of whose coefficients a bound at most stops one side.
template <Real T>
FreeCone BoundedLogistic<T>::free_cone() const {
  FreeCone cone;
  for (Index j = 0; j < problem_.cols(); ++j) {
    if (problem_.column_penalty(j) > 0.0) continue;
    const bool has_lower = std::isfinite(lower_[j]);
    const bool has_upper = std::isfinite(upper_[j]);
    if (has_lower && has_upper) continue;
    cone.columns.push_back(j);
    cone.side.push_back(has_lower ? 1 : has_upper ? -1 : 0);
  }
  return cone;
}

template <Real T>
void BoundedLogistic<T>::iterate(LogisticInfo& info) {
  info.status = Status::max_iter_reached;
  const auto cone = free_cone();
  info.optimality = snap_and_measure(at_);
  double contraction = 1.0;
  for (int iter = 0; info.optimality > options_.tol;) {
    const bool test_now =
        problem_.has_free_features() && iter > 0 && iter % separation_interval == 0;
    if (test_now && found_separation(*objective_, cone, at_, direction_, info)) {
      info.status = Status::separable;
      return;
    }
    if (iter >= options_.max_iter) return;
    const bool keep = model_ && (fresh_ || !refresh_pays(contraction, info.optimality));
    if (!keep) refresh(info);
    const double descent = minimise_model(info);
    const bool moved = descent > 0.0 && search(descent, info);
    if (!moved) {
      if (fresh_) return;  // only rounding is left
      contraction = 1.0;
      continue;
    }
    std::swap(at_, search_->found());
    fresh_ = false;
    ++iter;
    ++info.n_iter;
    const double before = info.optimality;
    info.optimality = snap_and_measure(at_);
    contraction = info.optimality / before;
  }
  info.status = Status::converged;
}

// max over d of slope d - penalty d^2 / 2, for a coefficient that d keeps in its bounds.
template <Real T>
double BoundedLogistic<T>::most_gain(Index i, double slope) const {
  const double room = slope > 0.0 ? upper_[i] - at_.theta[i] : lower_[i] - at_.theta[i];
  const double penalty = problem_.penalty(column(i));
  if (slope == 0.0 || room == 0.0) return 0.0;
  if (penalty == 0.0 && std::isinf(room)) return infinity;
  const double d = std::abs(slope / penalty) < std::abs(room) ? slope / penalty : room;
  return d * (slope - 0.5 * penalty * d);
}

// An upper bound of (objective - minimum) / objective: gap_bound() with penalised coefficients that
// stay in their bounds, and with a tilt D by the intercepts alone. It changes the other gradients
// by (H D)_j, which a pass computes where the bound |x_j| sqrt(D . H D) of it does not suffice.
template <Real T>
double BoundedLogistic<T>::gap(LogisticInfo& info) const {
  const Index outputs = problem_.n_outputs();
  const Index cols = problem_.cols();
  const Index p = problem_.n_features();
  const auto& rows = problem_.rows();
  std::vector<double> slope;
  for (Index k = 0; k < outputs && cols > p; ++k) slope.push_back(at_.slope[k * cols + p]);
  const RowCurvature curvature{.n = rows.n,
                               .outputs = outputs,
                               .curvature = at_.curvature.data(),
                               .output_stride = rows.n,
                               .weight = rows.weights()};
  const auto tilt = free_step(curvature, nullptr, cols - p, slope, problem_.monitor());
  if (!tilt.known || tilt.range >= 1.0) return problem_.has_free_features() ? infinity : 1.0;
  auto change = Buffer<double>::zeros(problem_.size());
  // With gradients known up to `uncertain` |x_j| beside rounding.
  const auto gap_up_to = [&](double uncertain) {
    double sum = tilt.decrement;
    for (Index i = 0; i < problem_.size(); ++i) {
      const Index j = column(i);
      if (j == p || !movable(j)) continue;
      const double g = at_.slope[i] - change[i];
      const double error =
          problem_.column_size(j) * (gradient_rounding * at_.residual[i / cols] + uncertain);
      sum += std::max(most_gain(i, g + error), most_gain(i, g - error));
    }
    return relative_gap(sum, at_.objective());
  };
  const double without_a_pass = gap_up_to(std::sqrt(tilt.decrement));
  if (tilt.decrement == 0.0 || without_a_pass <= good_gap) return without_a_pass;
  auto step = Buffer<double>::zeros(problem_.size());
  for (Index k = 0; k < outputs; ++k) step[k * cols + p] = tilt.step[k];
  ++info.n_passes;
  objective_->hessian_product(at_, step.data(), change);
  return std::min(without_a_pass, gap_up_to(0.0));
}

template <Real T>
void BoundedLogistic<T>::descend(LogisticInfo& info) {
  iterate(info);
  const bool decided = info.status == Status::separable || info.n_iter == 0;
  if (decided || !problem_.has_free_features()) return;
  if (has_separation(*objective_, free_cone(), at_, direction_, info)) {
    info.status = Status::separable;
  }
}

template <Real T>
void BoundedLogistic<T>::fit(double alpha, LogisticInfo& info) {
  set_alpha(alpha);
  take_null_if_lower(info);
  descend(info);
  info.gap = gap(info);
  info.tolerance = options_.tol;
  info.loss = at_.loss / problem_.weight_scale();
  info.solver = streamed_ ? Solver::newton_cg : Solver::newton_cholesky;
  info.reason = "bounds: Newton models minimised in the box";
  if (options_.solver == LogisticSolver::quasi_newton) {
    info.fallback = "quasi-Newton steps do not keep to bounds";
  } else if (options_.solver == LogisticSolver::newton_cholesky && streamed_) {
    info.fallback = "the Hessian of all classes would take too much memory";
  }
  info.n_threads = threads_for(
      options_.n_threads, 4.0 * problem_.n_values() * static_cast<double>(problem_.n_outputs()));
  info.rank = 0;
  for (Index i = 0; i < problem_.size(); ++i) {
    const bool inside = lower_[i] < at_.theta[i] && at_.theta[i] < upper_[i];
    if (movable(column(i)) && inside) ++info.rank;
  }
}

// Bounded coefficients of several classes are written as they are; their intercepts are given mean
// zero.
template <Real T>
void BoundedLogistic<T>::write(double alpha, double* coef, double* intercept,
                               LogisticInfo& info) const {
  const Index p = problem_.n_features();
  const Index outputs = problem_.n_outputs();
  double penalty = 0.0, mean = 0.0;
  for (Index k = 0; k < outputs; ++k) {
    const double* theta = at_.theta.data() + k * problem_.cols();
    double centre = 0.0;  // c.b
    for (Index j = 0; j < p; ++j) {
      const double prior = data_.prior_mean.empty() ? 0.0 : data_.prior_mean[k * p + j];
      const double value = problem_.moves(j) ? theta[j] * problem_.scale(j)
                                             : problem_.held_coef(k, j, at_.data_slope.data());
      const double b = clipped(box_, j, value) + 0.0;  // no -0
      coef[k * p + j] = b;
      centre += b * problem_.shift(j);
      const double f = data_.penalty_factors.empty() ? 1.0 : data_.penalty_factors[j];
      if (b != prior && f > 0.0) penalty += 0.5 * alpha * f * (b - prior) * (b - prior);
    }
    intercept[k] = options_.fit_intercept ? theta[p] + problem_.offset_shift(k) - centre : 0.0;
    mean += intercept[k] / static_cast<double>(outputs);
  }
  for (Index k = 0; k < outputs && outputs > 1; ++k) intercept[k] -= mean;
  info.objective = info.loss + penalty;
}

template class BoundedLogistic<double>;
template class BoundedLogistic<float>;

}  // namespace elltwo
