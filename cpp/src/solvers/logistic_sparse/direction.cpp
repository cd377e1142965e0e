#include "solvers/logistic_sparse/direction.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/tridiagonal.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/shared/conditioning.hpp"
#include "solvers/shared/sparse_costs.hpp"
#include "sparse/gram.hpp"

namespace elltwo {
namespace {

constexpr double factor_is_cheap = 4.0;  // passes
constexpr double seconds_per_solved =
    8e-10;                              // on one core, for each squared coefficient, given a factor
constexpr double factors_of_fit = 1.6;  // about: what a fit by factors takes
constexpr double corrections_of_fit = 22.0;
constexpr double trial = 0.5;              // of a factor's cost, for conjugate gradients
constexpr double shortest_cg_trial = 8.0;  // iterations
constexpr Index most_direct = 3000;        // coefficients: 72 MB of Hessian
constexpr int most_iterations = 1000;
constexpr std::size_t most_lanczos = 200;

}  // namespace

template <Real T>
SparseNewtonDirection<T>::SparseNewtonDirection(SparseLogisticSystem<T>& system,
                                                const LogisticOptions& options)
    : system_(system),
      n_threads_(options.n_threads),
      inverse_(system.size()),
      r_(system.size()),
      z_(system.size()),
      v_(system.size()),
      q_(system.size()),
      rhs_(system.size()) {
  diagonal_.reserve(most_lanczos);
  beside_.reserve(most_lanczos);
  choose(options.solver);
}

template <Real T>
void SparseNewtonDirection<T>::choose(LogisticSolver solver) {
  const auto& x = system_.design().x;
  const auto k = static_cast<double>(system_.n_outputs());
  const auto m = static_cast<double>(system_.size());
  const double gram = seconds_per_gram_product * gram_products(x) * 0.5 * k * (k + 1.0);
  const double pass = seconds_per_value * k * static_cast<double>(x.nonzeros() + x.cols);
  worth_ = (gram + seconds_per_flop * m * m * m / 3.0) / pass;
  of_direct_fit_ = factors_of_fit * worth_ + corrections_of_fit * seconds_per_solved * m * m / pass;
  reason_ = "passes over the sparse data alone";
  if (solver == LogisticSolver::newton_cg) reason_ = "asked for";
  if (solver == LogisticSolver::newton_cholesky) {
    direct_ = true;
    reason_ = "asked for";
  }
  if (solver != LogisticSolver::automatic || system_.size() > most_direct) return;
  may_be_direct_ = true;
  if (worth_ > factor_is_cheap) return;
  direct_ = true;
  reason_ = "few features: a sparse weighted Gram matrix costs a few passes";
}

template <Real T>
void SparseNewtonDirection<T>::restart() {
  if (!direct_) used_ = 0;
  std::vector<Index> active;
  for (Index e = 0; e < system_.size(); ++e) {
    if (system_.moves(e)) active.push_back(e);
  }
  if (active == active_) return;
  active_ = std::move(active);
  place_.assign(system_.size(), -1);
  for (std::size_t a = 0; a < active_.size(); ++a) place_[active_[a]] = static_cast<Index>(a);
  factor_.reset();
}

template <Real T>
void SparseNewtonDirection<T>::precondition(const double* r, double* z) {
  if (!factor_) {
    for (Index e = 0; e < system_.size(); ++e) z[e] = inverse_[e] * r[e];
    system_.level_direction(z);
    return;
  }
  const auto m = static_cast<Index>(active_.size());
  for (Index a = 0; a < m; ++a) rhs_[a] = r[active_[a]];
  factor_->solve(rhs_.data(), 1, m, n_threads_);
  std::fill_n(z, system_.size(), 0.0);
  for (Index a = 0; a < m; ++a) z[active_[a]] = rhs_[a];
}

// Preconditioned conjugate gradients from zero (Hestenes and Stiefel 1952).
template <Real T>
auto SparseNewtonDirection<T>::iterate(const double* g, double accuracy, int max_iter, double* d)
    -> Outcome {
  const Index size = system_.size();
  std::fill_n(d, size, 0.0);
  std::copy_n(g, size, r_.data());
  precondition(r_.data(), z_.data());
  std::copy_n(z_.data(), size, v_.data());
  const double first = dot(size, r_.data(), z_.data());
  if (!std::isfinite(first)) return Outcome::too_many;
  double rz = first, gained = 0.0, beta = 0.0, previous = 0.0;
  diagonal_.clear();
  beside_.clear();
  for (int i = 0; rz > accuracy * accuracy * first; ++i) {
    if (i == max_iter) return Outcome::too_many;
    if (!system_.apply(v_.data(), q_.data())) return Outcome::interrupted;
    ++used_;
    const double step = rz / dot(size, v_.data(), q_.data());
    if (!(step > 0.0 && std::isfinite(step))) break;  // nothing but rounding is left
    for (Index e = 0; e < size; ++e) {
      d[e] += step * v_[e];
      r_[e] -= step * q_[e];
    }
    gained += step * rz;
    if (diagonal_.size() < most_lanczos) {
      if (i > 0) beside_.push_back(std::sqrt(beta) / previous);
      diagonal_.push_back(1.0 / step + (i > 0 ? beta / previous : 0.0));
    }
    previous = step;
    precondition(r_.data(), z_.data());
    const double next = dot(size, r_.data(), z_.data());
    beta = next / rz;
    rz = next;
    for (Index e = 0; e < size; ++e) v_[e] = z_[e] + beta * v_[e];
  }
  ratio_ = first > 0.0 && gained > 0.0 ? gained / first : 1.0;
  return Outcome::done;
}

template <Real T>
auto SparseNewtonDirection<T>::factor_and_solve(const double* g, double* d) -> Outcome {
  const auto outcome = factor();
  if (outcome == Factor::interrupted) return Outcome::interrupted;
  if (outcome == Factor::done && factor_->rcond() > rcond_singular) {
    ratio_ = 1.0;
    used_ = 0;
    precondition(g, d);
    return Outcome::done;
  }
  factor_.reset();
  direct_ = may_be_direct_ = false;
  fallback_ = "the Hessian is singular to working precision";
  return Outcome::too_many;
}

template <Real T>
void SparseNewtonDirection<T>::turn_direct() {
  direct_ = true;
  fallback_ = "conjugate gradients were slow beside a Cholesky factor";
}

template <Real T>
bool SparseNewtonDirection<T>::solve(const double* g, double accuracy, double digits_to_go,
                                     double* d) {
  Outcome outcome = Outcome::too_many;
  // A factor is kept until the iterations that correct it have cost what it did.
  if (may_be_direct_ && !direct_ && used_ * digits_to_go > of_direct_fit_) turn_direct();
  if (direct_ && factor_ && used_ < worth_)
    outcome = iterate(g, accuracy, static_cast<int>(worth_), d);
  else if (!direct_ && may_be_direct_) {
    system_.inverse_diagonal(inverse_.data());
    const double iterations = std::max(shortest_cg_trial, trial * worth_);
    used_ = 0;
    outcome = iterate(g, accuracy, static_cast<int>(iterations), d);
    if (outcome == Outcome::too_many) turn_direct();
  }
  if (outcome == Outcome::too_many && direct_) outcome = factor_and_solve(g, d);
  if (outcome == Outcome::too_many) {
    system_.inverse_diagonal(inverse_.data());
    outcome = iterate(g, accuracy, most_iterations, d);
  }
  return outcome != Outcome::interrupted;
}

template <Real T>
double SparseNewtonDirection<T>::decrement(const double* g) {
  if (!factor_) system_.inverse_diagonal(inverse_.data());
  precondition(g, z_.data());
  return ratio_ * std::max(0.0, dot(system_.size(), g, z_.data()));
}

template <Real T>
double SparseNewtonDirection<T>::rcond() const {
  if (factor_) return factor_->rcond();
  if (diagonal_.size() < 2) return 1.0;
  const auto values = Tridiagonal{diagonal_, beside_}.eigenvalues();
  return std::clamp(values.front() / values.back(), 0.0, 1.0);
}

template class SparseNewtonDirection<double>;
template class SparseNewtonDirection<float>;

}  // namespace elltwo
