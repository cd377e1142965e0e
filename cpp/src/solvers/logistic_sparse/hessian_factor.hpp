#pragma once

#include <optional>
#include <vector>

#include "linalg/posdef.hpp"
#include "solvers/logistic_sparse/system.hpp"

namespace elltwo {

/// The Cholesky factor of the Hessian of a sparse problem, in the coefficients that are fitted.
/// With the rows a_i of [x - mean | 1], block (s, t) of the outputs is sum_i h_i a_i a_i^T plus
/// penalties, where h_i = w_i p_is ([s = t] - p_it), of two classes w_i p_i (1 - p_i).
template <Real T>
class SparseHessianFactor {
 public:
  SparseHessianFactor(SparseLogisticSystem<T>& system, int n_threads)
      : system_(system), n_threads_(n_threads) {}

  /// Reads from the system which coefficients are fitted. If they have changed, drops the factor.
  void update_active();

  /// Forms and factors the Hessian at the point of the system's terms. False, and without a factor,
  /// if it is singular to working precision.
  bool factor();

  bool has_factor() const { return factor_.has_value(); }

  /// z = H^-1 r for fitted coefficients, else 0, with H at the point where it was factored.
  void solve(const double* r, double* z);

  double rcond() const { return factor_->rcond(); }
  int n_formed() const { return n_formed_; }

 private:
  void fill(Buffer<double>& lower);
  void fill_block(Index s, Index t, Buffer<double>& lower);
  void add_common_curvature(Buffer<double>& lower) const;
  void set_entry(Index e, Index f, double value, Buffer<double>& lower) const;

  SparseLogisticSystem<T>& system_;
  int n_threads_;
  std::vector<Index> active_;    ///< the coefficients that are fitted
  std::vector<Index> position_;  ///< of each coefficient in active_; -1: it is not there
  std::optional<PosDefSystem> factor_;
  int n_formed_ = 0;
  Buffer<double> weight_;  ///< h of the rows, of more than two classes
  Buffer<double> sums_;    ///< X^T h
  Buffer<double> rhs_;     ///< right-hand side in the active coefficients
};

}  // namespace elltwo
