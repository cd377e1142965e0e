#pragma once

#include <optional>
#include <vector>

#include "gram/gram.hpp"
#include "linalg/posdef.hpp"
#include "solvers/logistic/metric.hpp"
#include "solvers/logistic/rounded_rows.hpp"

namespace elltwo {

/// The Hessian of two classes where rows are not many more than columns, all of them penalised, by
/// the inverse of an n x n matrix (Woodbury). With the diagonal penalties P, the curvatures D and
/// the kernel K = X P^-1 X^T of the rows x^, which does not change from point to point,
///   (X^T D X + P)^-1 = P^-1 - P^-1 X^T D^1/2 E^-1 D^1/2 X P^-1,   E = I + D^1/2 K D^1/2.
/// The intercept is eliminated from this. Kernel and factor are formed in float while they are
/// conditioned well enough: gradients are exact in any case.
template <Real T>
class KernelHessian : public LogisticMetric {
 public:
  KernelHessian(const LogisticProblem<T>& problem, const RoundedRows& rounded)
      : problem_(problem), rounded_(rounded) {}

  void refresh(const LogisticPoint& at, const LogisticRows& rows) override;
  void change_penalty() override;
  void solve(const double* slope, double* step) const override;
  double cost() const override;
  /// Of E, which has the eigenvalues of P^-1/2 (X^T D X + P) P^-1/2 but for ones.
  double rcond() const override { return rcond_; }
  Index rank() const override { return rank_; }

 private:
  void set_inverse_roots();
  void form_kernel();
  double largest_row_sum() const;
  void factor();
  void factor_in_float();
  void factor_in_double();
  void divide_by_e(double* v) const;
  std::vector<double> predictors(const std::vector<double>& b) const;
  Buffer<double> adjoint(const std::vector<double>& z) const;

  const LogisticProblem<T>& problem_;
  const RoundedRows& rounded_;
  std::vector<double> inverse_root_;  ///< P^-1/2 of the features; 0 where they are not fitted
  Index rank_ = 0;                    ///< fitted coefficients
  GramMatrix kernel_;
  std::vector<double> root_curvature_;  ///< D^1/2
  Buffer<float> factor_;                ///< of E, lower, column-major; empty: see system_
  std::optional<PosDefSystem> system_;
  std::vector<double> of_ones_;  ///< E^-1 D^1/2 1, with an intercept
  double schur_ = 0.0;           ///< 1^T D^1/2 E^-1 D^1/2 1
  double rcond_ = 0.0;
  bool in_float_ = true;
};

}  // namespace elltwo
