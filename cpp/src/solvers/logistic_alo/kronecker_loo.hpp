#pragma once

#include <span>
#include <vector>

#include "solvers/logistic_alo/alo_terms.hpp"
#include "solvers/logistic_alo/kronecker_hessian.hpp"

namespace elltwo {

/// Approximate leave-one-out of several classes without their Hessian. The step of row i is
///   z_i - N_i r_i,   N_i = X_i^T H_-i^-1 X_i,
/// with the Hessian H_-i of the other rows, for which the Kronecker product of the mean curvature
/// A and the Gram matrix of the other rows stands: in the directions V of A,
///   N_i = c V diag(q_a / (1 - lambda_a w_i q_a)) V^T,   q_a = x_i^T (lambda_a G + alpha F)^-1 x_i.
/// The factor c of each alpha makes the sum over the rows of r_i^T (N_i^-1 + W_i)^-1 r_i what it is
/// with the Hessian itself, of which random probes tell (inverse_trace.hpp). The sum is to first
/// order what leaving rows out adds to the loss; which row adds how much is left to the product.
template <Real T>
class KroneckerLoo {
 public:
  explicit KroneckerLoo(LogisticProblem<T>& problem) : problem_(problem) {}

  /// Overwrites the predictors z at every alpha, and uses up the residuals.
  void run(std::span<const double> alphas, std::span<AloTerms> terms);

 private:
  /// The rows that c is fitted to, in the directions V: rows x directions each.
  struct Sample {
    std::vector<double> form;      ///< N_i for c = 1
    std::vector<double> residual;  ///< V^T r_i
    std::vector<double> trace;     ///< r_i^T M_i r_i of the Kronecker product, rows
  };

  Index sample_stride() const;
  void visit_rows(const GramDirections<T>& directions, std::span<const double> alphas,
                  std::span<AloTerms> terms);
  void step_of_rows(const GramDirections<T>& directions, std::size_t a, Index k0, Index rows,
                    const double* forms, AloTerms& terms);
  std::vector<double> curvature_of_sample(std::size_t a,
                                          const std::vector<double>& probability) const;
  double factor_of(std::size_t a, double ratio, const std::vector<double>& probability) const;

  LogisticProblem<T>& problem_;
  std::vector<MeanCurvature> mean_;
  std::vector<Sample> sample_;
};

}  // namespace elltwo
