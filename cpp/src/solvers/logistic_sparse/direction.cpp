#include "solvers/logistic_sparse/direction.hpp"

#include <algorithm>
#include <cmath>

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

}  // namespace

template <Real T>
SparseNewtonDirection<T>::SparseNewtonDirection(SparseLogisticSystem<T>& system,
                                                const LogisticOptions& options)
    : system_(system),
      factor_(system, options.n_threads),
      inverse_diagonal_(system.size()),
      cg_(system.size()) {
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

// False if max_iter iterations do not suffice.
template <Real T>
bool SparseNewtonDirection<T>::conjugate_gradients(const double* g, double accuracy, int max_iter,
                                                   double* d) {
  const auto apply = [&](const double* v, Buffer<double>& q) {
    system_.apply(v, q.data());
    ++n_used_;
  };
  const auto by_preconditioner = [&](const double* r, double* z) { precondition(r, z); };
  return cg_.solve(g, accuracy, max_iter, d, apply, by_preconditioner);
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
  return cg_.rcond();
}

template class SparseNewtonDirection<double>;
template class SparseNewtonDirection<float>;

}  // namespace elltwo
