#pragma once

#include <optional>
#include <vector>

#include "linalg/posdef.hpp"
#include "solvers/logistic_sparse/system.hpp"

namespace elltwo {

/// Newton directions H d = g by conjugate gradients, with a diagonal or with the Cholesky factor of a
/// Hessian of this or an earlier point as preconditioner.
template <Real T>
class SparseNewtonDirection {
 public:
  SparseNewtonDirection(SparseLogisticSystem<T>& system, const LogisticOptions& options);

  /// d within the relative accuracy asked for, in the preconditioner's norm; directions to come are to
  /// win so many decimal digits. False if the monitor asked to stop.
  bool solve(const double* g, double accuracy, double digits_to_go, double* d);

  /// g.H^-1 g, about: with the preconditioner in the place of H and the ratio of the two at the last solve.
  double decrement(const double* g);

  /// For another alpha: which coefficients move may have changed.
  void restart();

  bool direct() const { return direct_; }
  const char* reason() const { return reason_; }
  const char* fallback() const { return fallback_; }
  double rcond() const;
  int n_hessians() const { return n_hessians_; }

 private:
  enum class Outcome { done, too_many, interrupted };

  void choose(LogisticSolver solver);
  void turn_direct();
  Outcome iterate(const double* g, double accuracy, int max_iter, double* d);
  Outcome factor_and_solve(const double* g, double* d);
  void precondition(const double* r, double* z);

  enum class Factor { done, singular, interrupted };
  Factor factor();
  bool fill(Buffer<double>& lower);
  bool fill_block(Index s, Index t, Buffer<double>& lower);
  void place(Index s, Index t, Index i, Index j, double value, Buffer<double>& lower) const;

  SparseLogisticSystem<T>& system_;
  int n_threads_;
  bool direct_ = false;         // by Cholesky factors
  bool may_be_direct_ = false;  // once conjugate gradients have taken more iterations than
  double worth_ = 0.0;          // those that cost what a factor does,
  double of_direct_fit_ = 0.0;  // and what a fit by factors does
  const char* reason_ = "";
  const char* fallback_ = "";
  int n_hessians_ = 0;
  int used_ = 0;        // iterations with the present factor, or for the last direction
  double ratio_ = 1.0;  // g.H^-1 g over g.M^-1 g at the last solve, M being the preconditioner
  std::vector<Index> active_;  // coefficients that move
  std::vector<Index> place_;   // of a coefficient among them
  std::optional<PosDefSystem> factor_;
  Buffer<double> inverse_, r_, z_, v_, q_, rhs_, weight_, sums_, gram_;
  std::vector<double> diagonal_, beside_;  // of the Lanczos matrix of the last solve
};

}  // namespace elltwo
