#include "solvers/logistic_sparse/direction.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/tridiagonal.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/shared/sparse_costs.hpp"
#include "sparse/gram.hpp"

namespace elltwo {
namespace {

// The choice between conjugate gradients and factors, by their costs.

/// A factor that costs at most so many iterations is used from the start.
constexpr double cheap_factor = 4.0;

/// Factors that a fit by factors takes, and iterations with kept factors, on average.
constexpr double factors_of_fit = 1.6;
constexpr double corrections_of_fit = 22.0;

/// Seconds to solve with a factor, for each of its m^2 numbers.
constexpr double seconds_per_factor_number = 8e-10;

/// Iterations after which conjugate gradients for one direction are given up for a factor: this
/// part of the factor's cost, but not fewer than the least.
constexpr double trial_share = 0.5;
constexpr double least_trial = 8.0;

constexpr Index most_direct = 3000;  // coefficients: 72 MB of Hessian
constexpr int most_iterations = 1000;
constexpr std::size_t most_lanczos = 200;  // rows of the Lanczos matrix

}  // namespace

template <Real T>
SparseNewtonDirection<T>::SparseNewtonDirection(SparseLogisticSystem<T>& system,
                                                const LogisticOptions& options)
    : system_(system),
      factor_(system, options.n_threads),
      inverse_diagonal_(system.size()),
      r_(system.size()),
      z_(system.size()),
      v_(system.size()),
      q_(system.size()) {
  diagonal_.reserve(most_lanczos);
  off_diagonal_.reserve(most_lanczos);
  choose_method(options.solver);
}

template <Real T>
void SparseNewtonDirection<T>::choose_method(LogisticSolver solver) {
  const auto& x = system_.design().x;
  const auto k = static_cast<double>(system_.n_outputs());
  const auto m = static_cast<double>(system_.size());
  const double gram = seconds_per_gram_product * gram_products(x) * 0.5 * k * (k + 1.0);
  const double pass = seconds_per_value * k * static_cast<double>(x.nonzeros() + x.cols);
  factor_cost_ = (gram + seconds_per_flop * m * m * m / 3.0) / pass;
  direct_fit_cost_ =
      factors_of_fit * factor_cost_ + corrections_of_fit * seconds_per_factor_number * m * m / pass;
  reason_ = "passes over the sparse data alone";
  if (solver == LogisticSolver::newton_cg) reason_ = "asked for";
  if (solver == LogisticSolver::newton_cholesky) {
    direct_ = true;
    reason_ = "asked for";
  }
  if (solver != LogisticSolver::automatic || system_.size() > most_direct) return;
  may_become_direct_ = true;
  if (factor_cost_ > cheap_factor) return;
  direct_ = true;
  reason_ = "few features: a sparse weighted Gram matrix costs a few passes";
}

template <Real T>
void SparseNewtonDirection<T>::change_alpha() {
  if (!direct_) n_used_ = 0;
  factor_.update_active();
}

// z = M^-1 r.
template <Real T>
void SparseNewtonDirection<T>::precondition(const double* r, double* z) {
  if (factor_.has_factor()) return factor_.solve(r, z);
  for (Index e = 0; e < system_.size(); ++e) z[e] = inverse_diagonal_[e] * r[e];
  system_.centre_direction(z);
}

// Preconditioned conjugate gradients from zero (Hestenes and Stiefel 1952), with the coefficients
// of the Lanczos matrix. False if max_iter iterations do not suffice.
template <Real T>
bool SparseNewtonDirection<T>::conjugate_gradients(const double* g, double accuracy, int max_iter,
                                                   double* d) {
  const Index size = system_.size();
  std::fill_n(d, size, 0.0);
  std::copy_n(g, size, r_.data());
  precondition(r_.data(), z_.data());
  std::copy_n(z_.data(), size, v_.data());
  const double first = dot(size, r_.data(), z_.data());
  if (!std::isfinite(first)) return false;
  double rz = first, beta = 0.0, previous = 0.0;
  diagonal_.clear();
  off_diagonal_.clear();
  for (int i = 0; rz > accuracy * accuracy * first; ++i) {
    if (i == max_iter) return false;
    system_.apply(v_.data(), q_.data());
    ++n_used_;
    const double step = rz / dot(size, v_.data(), q_.data());
    if (!(step > 0.0 && std::isfinite(step))) break;  // only rounding is left
    for (Index e = 0; e < size; ++e) {
      d[e] += step * v_[e];
      r_[e] -= step * q_[e];
    }
    if (diagonal_.size() < most_lanczos) {
      if (i > 0) off_diagonal_.push_back(std::sqrt(beta) / previous);
      diagonal_.push_back(1.0 / step + (i > 0 ? beta / previous : 0.0));
    }
    previous = step;
    precondition(r_.data(), z_.data());
    const double next = dot(size, r_.data(), z_.data());
    beta = next / rz;
    rz = next;
    for (Index e = 0; e < size; ++e) v_[e] = z_[e] + beta * v_[e];
  }
  return true;
}

// d = H^-1 g by a new factor. False, and back to conjugate gradients for good, if H is singular.
template <Real T>
bool SparseNewtonDirection<T>::factor_and_solve(const double* g, double* d) {
  if (factor_.factor()) {
    n_used_ = 0;
    factor_.solve(g, d);
    return true;
  }
  direct_ = may_become_direct_ = false;
  fallback_ = "the Hessian is singular to working precision";
  return false;
}

template <Real T>
void SparseNewtonDirection<T>::become_direct() {
  direct_ = true;
  fallback_ = "conjugate gradients were slow beside a Cholesky factor";
}

template <Real T>
void SparseNewtonDirection<T>::solve(const double* g, double accuracy, double digits_to_go,
                                     double* d) {
  bool done = false;
  if (may_become_direct_ && !direct_ && n_used_ * digits_to_go > direct_fit_cost_) become_direct();
  if (direct_ && factor_.has_factor() && n_used_ < factor_cost_) {
    // A factor is kept until the iterations that correct it have cost what it did.
    done = conjugate_gradients(g, accuracy, static_cast<int>(factor_cost_), d);
  } else if (!direct_ && may_become_direct_) {
    system_.inverse_diagonal(inverse_diagonal_.data());
    const double iterations = std::max(least_trial, trial_share * factor_cost_);
    n_used_ = 0;
    done = conjugate_gradients(g, accuracy, static_cast<int>(iterations), d);
    if (!done) become_direct();
  }
  if (!done && direct_) done = factor_and_solve(g, d);
  if (done) return;
  system_.inverse_diagonal(inverse_diagonal_.data());
  conjugate_gradients(g, accuracy, most_iterations, d);
}

template <Real T>
void SparseNewtonDirection<T>::approximate(const double* g, double* d) {
  if (!factor_.has_factor()) system_.inverse_diagonal(inverse_diagonal_.data());
  precondition(g, d);
}

template <Real T>
double SparseNewtonDirection<T>::rcond() const {
  if (factor_.has_factor()) return factor_.rcond();
  if (diagonal_.size() < 2) return 1.0;
  Monitor nobody;  // an order of the number of iterations
  const auto values = Tridiagonal{diagonal_, off_diagonal_}.eigenvalues(nobody);
  return std::clamp(values.front() / values.back(), 0.0, 1.0);
}

template class SparseNewtonDirection<double>;
template class SparseNewtonDirection<float>;

}  // namespace elltwo
