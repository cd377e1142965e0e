#pragma once

#include "solvers/logistic/conjugate_gradients.hpp"
#include "solvers/logistic_sparse/hessian_factor.hpp"

namespace elltwo {

/// Newton directions d, H d = g, by preconditioned conjugate gradients. The preconditioner M is
/// diagonal, or the Cholesky factor of the Hessian at this or an earlier point. Costs are counted
/// in iterations of conjugate gradients, each of which is a pass over the data.
template <Real T>
class SparseNewtonDirection {
 public:
  SparseNewtonDirection(SparseLogisticSystem<T>& system, const LogisticOptions& options);

  /// Sets d at the point of the system's terms. With conjugate gradients the residual g - H d is at
  /// most `accuracy` times g in the norm of M^-1. digits_to_go is the number of decimal digits that
  /// the fit is still to gain; the choice between conjugate gradients and factors depends on it.
  void solve(const double* g, double accuracy, double digits_to_go, double* d);

  /// d = M^-1 g, with the preconditioner for the point of the system's terms.
  void approximate(const double* g, double* d);

  /// Follows a change of alpha, after which other coefficients may be fitted.
  void change_alpha();

  /// Whether the Hessian is factored.
  bool direct() const { return direct_; }
  const char* reason() const { return reason_; }
  const char* fallback() const { return fallback_; }
  double rcond() const;
  int n_hessians() const { return factor_.n_formed(); }

 private:
  void choose_method(LogisticSolver solver);
  void become_direct();
  bool conjugate_gradients(const double* g, double accuracy, int max_iter, double* d);
  bool factor_and_solve(const double* g, double* d);
  void precondition(const double* r, double* z);

  SparseLogisticSystem<T>& system_;
  SparseHessianFactor<T> factor_;
  bool direct_ = false;
  bool may_become_direct_ = false;  ///< conjugate gradients may be given up for factors
  double factor_cost_ = 0.0;        ///< of forming and factoring the Hessian once
  double direct_fit_cost_ = 0.0;    ///< of a whole fit by factors
  const char* reason_ = "";
  const char* fallback_ = "";
  int n_used_ = 0;  ///< iterations with the current factor; without one, for the last direction
  Buffer<double> inverse_diagonal_;
  ConjugateGradients cg_;
};

}  // namespace elltwo
