#include "solvers/logistic_bounded/descent.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/n_threads.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/logistic/thresholds.hpp"
#include "solvers/shared/box.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

constexpr double good_pace = 0.03;  // of steps after a new Hessian, near the minimum
constexpr double hopeless_bounded_pace = 0.5;
constexpr Index most_variables = 4096;  // of a model whose matrix is formed
constexpr double loose = 0.1;           // accuracy of solutions of models far from the minimum
constexpr double rounding = 1e-16;      // of linear predictors
constexpr double model_noise = 0.01;    // of tol: what solutions of models may leave

}  // namespace

template <Real T>
double BoundedLogistic<T>::scale(Index j) const {
  return problem_.source(problem_.rows()).col_scale[j];
}

template <Real T>
void BoundedLogistic<T>::take_box() {
  lower_.assign(problem_.size(), -infinity);
  upper_.assign(problem_.size(), infinity);
  for (Index i = 0; i < problem_.size(); ++i) {
    const Index j = column(i);
    if (j == problem_.n_features()) continue;
    lower_[i] = lower_of(box_, j) / scale(j);
    upper_[i] = upper_of(box_, j) / scale(j);
  }
}

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

// What does not move stands at its prior mean, or the bound nearest to it.
template <Real T>
void BoundedLogistic<T>::into_box(Buffer<double>& theta) const {
  for (Index i = 0; i < problem_.size(); ++i) {
    const Index j = column(i);
    if (j == problem_.n_features()) continue;
    const double value = problem_.moves(j) ? theta[i] : problem_.prior(i / problem_.cols(), j);
    theta[i] = clipped({lower_, upper_}, i, value);
  }
}

template <Real T>
bool BoundedLogistic<T>::begin(double alpha, std::span<const double> start) {
  if (!problem_.prepare()) return false;
  problem_.set_alpha(alpha);
  take_box();
  objective_ = std::make_unique<LogisticObjective<T>>(problem_, problem_.rows());
  search_ = std::make_unique<LogisticSearch<T>>(*objective_);
  at_ = objective_->room();
  direction_ = Buffer<double>(problem_.size());
  const auto theta = start.empty() ? problem_.origin() : problem_.scaled(start);
  std::copy(theta.begin(), theta.end(), at_.theta.begin());
  into_box(at_.theta);
  return objective_->evaluate(at_);
}

template <Real T>
bool BoundedLogistic<T>::turn_to(double alpha) {
  problem_.set_alpha(alpha);
  Buffer<double> theta(at_.theta.size());
  std::copy(at_.theta.begin(), at_.theta.end(), theta.begin());
  into_box(theta);
  const bool moved = !std::equal(theta.begin(), theta.end(), at_.theta.begin());
  at_.theta = std::move(theta);
  if (moved && !objective_->evaluate(at_)) return false;
  objective_->penalise(at_);
  fresh_ = false;
  if (model_ && model_->columns() != movable_columns()) model_.reset();
  if (model_) model_->change_penalty();
  return true;
}

// The optimality of a point, which is put on a bound where the way there is less than rounding.
template <Real T>
double BoundedLogistic<T>::settle(LogisticPoint& at) {
  const double close = rounding * std::sqrt(problem_.weight());
  push_.assign(problem_.size(), 0.0);
  for (Index i = 0; i < problem_.size(); ++i) {
    if (!movable(column(i))) continue;
    const double bound = at.slope[i] > 0.0 ? upper_[i] : lower_[i];
    if (std::abs(bound - at.theta[i]) * problem_.column_size(column(i)) <= close) {
      at.theta[i] = bound;
    }
    push_[i] = push_inside({lower_, upper_}, i, at.theta[i], at.slope[i]);
  }
  return objective_->optimality(at, push_.data());
}

// Many columns of few rows have a Hessian of low rank beside the penalty, which conjugate gradients like.
template <Real T>
bool BoundedLogistic<T>::refresh(LogisticInfo& info) {
  if (!model_) {
    auto columns = movable_columns();
    const auto m = static_cast<Index>(columns.size());
    streamed_ = m > most_variables / (problem_.n_outputs() + 1) || m > problem_.rows().n ||
                options_.solver == LogisticSolver::newton_cg;
    if (streamed_) model_ = std::make_unique<StreamedBoxModel<T>>(problem_, std::move(columns));
    else model_ = std::make_unique<DenseBoxModel<T>>(problem_, std::move(columns));
  }
  fresh_ = true;
  info.n_hessians += 1.0;
  return model_->refresh(at_, problem_.rows());
}

template <Real T>
bool BoundedLogistic<T>::refresh_pays(double pace, double optimality) const {
  if (streamed_ || pace >= hopeless_bounded_pace) return true;
  const double digits = std::log(std::max(optimality / std::max(options_.tol, 1e-15), 1.0));
  const double going_on = digits / -std::log(std::max(pace, 1e-6));
  return model_->cost() + digits / -std::log(good_pace) + 1.0 < going_on;
}

// The way to the model's minimum, and what the slope promises along it.
template <Real T>
bool BoundedLogistic<T>::minimise_model(double& descent, LogisticInfo& info) {
  const Index m = model_->size();
  Buffer<double> slope(m), size(m), z(m);
  std::vector<double> lower, upper;
  for (Index v = 0; v < m; ++v) {
    const Index i = model_->place(v);
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
                         .accuracy = std::min(loose, info.optimality),
                         .noise = model_noise * options_.tol};
  int faces = 0;
  if (!minimise_in_box(model, *model_, z, faces)) return false;
  target_ = Buffer<double>(problem_.size());
  std::copy(at_.theta.begin(), at_.theta.end(), target_.begin());
  for (Index v = 0; v < m; ++v) target_[model_->place(v)] = z[v];
  for (Index i = 0; i < problem_.size(); ++i) direction_[i] = target_[i] - at_.theta[i];
  descent = dot(at_.slope, direction_);
  info.rcond = model_->rcond();
  return true;
}

template <Real T>
auto BoundedLogistic<T>::search(double descent, LogisticInfo& info) {
  const auto place = [this](double length, double* theta) {
    for (Index i = 0; i < problem_.size(); ++i) {
      const double value = length == 1.0 ? target_[i] : at_.theta[i] + length * direction_[i];
      theta[i] = clipped({lower_, upper_}, i, value);
    }
  };
  return search_->run(at_, place, direction_, descent, info);
}

template <Real T>
bool BoundedLogistic<T>::descend(LogisticInfo& info) {
  using Outcome = typename LogisticSearch<T>::Outcome;
  info.status = Status::max_iter_reached;
  info.optimality = settle(at_);
  double pace = 1.0;
  for (int iter = 0; info.optimality > options_.tol;) {
    const bool time_to_look =
        iter > 0 && (iter % separation_interval == 0 || iter == options_.max_iter);
    if (problem_.has_free_features() && time_to_look && found_separation(info)) {
      return info.status != Status::interrupted;
    }
    if (iter >= options_.max_iter) return true;
    const bool keep = model_ && (fresh_ || !refresh_pays(pace, info.optimality));
    if (!keep && !refresh(info)) return false;
    double descent = 0.0;
    if (!minimise_model(descent, info)) return false;
    info.gap = 0.5 * std::max(descent, 0.0) / std::max(at_.objective(), 1e-300);
    const auto found = descent > 0.0 ? search(descent, info) : Outcome::stuck;
    if (found == Outcome::interrupted) return false;
    if (found == Outcome::stuck) {
      if (fresh_) return true;  // rounding decides from here on
      pace = 1.0;
      continue;
    }
    std::swap(at_, search_->found());
    fresh_ = false;
    ++iter;
    ++info.n_iter;
    const double before = info.optimality;
    info.optimality = settle(at_);
    pace = info.optimality / before;
  }
  info.status = Status::converged;
  return true;
}

template <Real T>
bool BoundedLogistic<T>::fit(double alpha, LogisticInfo& info) {
  if (!turn_to(alpha)) return false;
  if (!descend(info)) return false;
  info.tolerance = options_.tol;
  info.loss = at_.loss / problem_.weight_scale();
  info.solver = streamed_ ? Solver::newton_cg : Solver::newton_cholesky;
  info.reason = "bounds: Newton models minimised in the box";
  info.n_threads = threads_for(options_.n_threads,
                               4.0 * static_cast<double>(problem_.rows().n) * problem_.size());
  info.rank = 0;
  for (Index i = 0; i < problem_.size(); ++i) {
    const bool inside = lower_[i] < at_.theta[i] && at_.theta[i] < upper_[i];
    if (movable(column(i)) && inside) ++info.rank;
  }
  return true;
}

// Of many classes only differences of intercepts count, which sum to zero.
template <Real T>
void BoundedLogistic<T>::write(double alpha, double* coef, double* intercept,
                               LogisticInfo& info) const {
  const Index p = problem_.n_features();
  const Index outputs = problem_.n_outputs();
  const auto* shift = problem_.source(problem_.rows()).col_shift;
  double penalty = 0.0, mean = 0.0;
  for (Index k = 0; k < outputs; ++k) {
    const double* theta = at_.theta.data() + k * problem_.cols();
    double along = 0.0;
    for (Index j = 0; j < p; ++j) {
      const double prior = data_.prior_mean.empty() ? 0.0 : data_.prior_mean[k * p + j];
      const double value = problem_.moves(j) ? theta[j] * scale(j) : prior;
      const double b = clipped(box_, j, value) + 0.0;  // no -0
      coef[k * p + j] = b;
      along += b * shift[j];
      const double f = data_.penalty_factors.empty() ? 1.0 : data_.penalty_factors[j];
      if (b != prior && f > 0.0) penalty += 0.5 * alpha * f * (b - prior) * (b - prior);
    }
    intercept[k] = options_.fit_intercept ? theta[p] + problem_.offset_shift(k) - along : 0.0;
    mean += intercept[k] / static_cast<double>(outputs);
  }
  for (Index k = 0; k < outputs && outputs > 1; ++k) intercept[k] -= mean;
  info.objective = info.loss + penalty;
}

template class BoundedLogistic<double>;
template class BoundedLogistic<float>;

}  // namespace elltwo
