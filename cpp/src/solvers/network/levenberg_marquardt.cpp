#include "solvers/network/levenberg_marquardt.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/cholesky.hpp"
#include "linalg/matrix_vector.hpp"
#include "parallel/sum_over.hpp"

namespace elltwo::network {
namespace {

constexpr int most_rejections = 30;
constexpr int steps_between_certificates = 10;
constexpr int stall_steps = 20;           // after which the decrease of the objective is looked at
constexpr double least_decrease = 0.1;    // in so many steps, in units of tol^2 and the objective
constexpr double least_gain = 1e-4;       // of the decrease that the model predicts
constexpr double strongest_easing = 0.2;  // of the damping after a good step
constexpr double least_damping = 1e-9;    // relative to the mean of the diagonal

/// Rounding errors of passes in T: of the matrix relative to the mean of its diagonal, and of the
/// objective.
template <Real T>
constexpr double matrix_noise = std::same_as<T, float> ? 2e-6 : 1e-13;
template <Real T>
constexpr double objective_noise = std::same_as<T, float> ? 1e-7 : 1e-14;

double mean_of_diagonal(Index q, const Buffer<double>& matrix) {
  double sum = 0.0;
  for (Index i = 0; i < q; ++i) sum += matrix[i * q + i];
  return sum / static_cast<double>(q);
}

}  // namespace

bool LevenbergMarquardt::is_stationary(const VarproPoint& point) const {
  return meets_tolerance(options_, point.optimality, point.gradient);
}

bool LevenbergMarquardt::solve(Index q, double damping, const Buffer<double>& matrix,
                               const VarproPoint& point, Monitor& monitor) {
  std::copy_n(matrix.data(), q * q, factor_.data());
  for (Index i = 0; i < q; ++i) factor_[i * q + i] += damping;
  if (!cholesky(q, factor_.data(), q, n_threads_, monitor)) return false;
  for (Index i = 0; i < q; ++i) step_[i] = -point.gradient[i];
  lapack::trsv('N', q, factor_.data(), q, step_.data());
  lapack::trsv('T', q, factor_.data(), q, step_.data());
  return true;
}

/// Tries steps with growing damping until one decreases the objective; false if none does.
template <Real T>
bool LevenbergMarquardt::step(ReducedProblem<T>& problem, const Buffer<double>& matrix,
                              VarproPoint& point, Monitor& monitor) {
  const Index q = problem.size();
  const double unit = mean_of_diagonal(q, matrix);
  const auto reject = [this] {
    damping_ *= growth_;
    growth_ *= 2.0;
  };
  for (int rejections = 0; rejections < most_rejections; ++rejections) {
    const double damping = (damping_ + matrix_noise<T>)*unit;
    if (!solve(q, damping, matrix, point, monitor)) {
      damping_ = std::max(damping_, matrix_noise<T>);
      reject();
      continue;
    }
    const double slope = dot(q, step_.data(), point.gradient.data());
    const double predicted = 0.5 * (damping * dot(q, step_.data(), step_.data()) - slope);
    trial_.parameters = point.parameters;
    for (Index i = 0; i < q; ++i) trial_.parameters[i] += step_[i];
    ++n_evaluations_;
    const bool finite = problem.evaluate(trial_, monitor);
    const double gain =
        finite ? (point.value.objective - trial_.value.objective) / predicted : -1.0;
    if (gain > least_gain) {
      const double easing = std::max(strongest_easing, 1.0 - std::pow(2.0 * gain - 1.0, 3));
      damping_ = std::max(damping_ * easing, least_damping);
      growth_ = 2.0;
      std::swap(point, trial_);
      return true;
    }
    if (finite && predicted <= objective_noise<T> * point.value.objective) return false;
    reject();
  }
  return false;
}

template <Real T>
DescentEnd LevenbergMarquardt::run(ReducedProblem<T>& problem, VarproPoint& point,
                                   Monitor& monitor) {
  const Index q = problem.size();
  factor_ = Buffer<double>(q * q);
  step_.resize(q);
  Buffer<double> matrix(q * q);
  ++n_evaluations_;
  if (!problem.evaluate(point, monitor)) return DescentEnd::overflow;
  double before = point.value.objective;
  const int first = n_iter_;
  for (int since_certified = steps_between_certificates;;) {
    if (++since_certified > steps_between_certificates || is_stationary(point)) {
      problem.certify(point, monitor);
      since_certified = 0;
    }
    if (is_stationary(point)) return DescentEnd::converged;
    if (n_iter_ >= options_.max_iter) return DescentEnd::max_iter;
    if (options_.max_passes > 0 && n_evaluations_ >= options_.max_passes) {
      return DescentEnd::max_passes;
    }
    if (!problem.matrix(point, n_iter_, monitor, matrix.data())) return DescentEnd::stalled;
    if (!step(problem, matrix, point, monitor)) return DescentEnd::stalled;
    ++n_iter_;
    if ((n_iter_ - first) % stall_steps != 0) continue;
    const double decrease = before - point.value.objective;
    if (decrease <= least_decrease * options_.tol * options_.tol * point.value.objective) {
      return DescentEnd::stalled;
    }
    before = point.value.objective;
  }
}

template DescentEnd LevenbergMarquardt::run(ReducedProblem<float>&, VarproPoint&, Monitor&);
template DescentEnd LevenbergMarquardt::run(ReducedProblem<double>&, VarproPoint&, Monitor&);

}  // namespace elltwo::network
