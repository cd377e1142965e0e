#pragma once

#include <cmath>
#include <vector>

#include "linalg/posdef.hpp"
#include "solvers/ridge/dual_features.hpp"
#include "solvers/ridge/mixed_precision.hpp"
#include "solvers/ridge/unpenalised.hpp"

namespace elltwo {

/// Euclidean norm.
inline double norm2(const double* v, Index n) {
  double sum = 0.0;
  for (Index i = 0; i < n; ++i) sum += v[i] * v[i];
  return std::sqrt(sum);
}

/// Iterates of one group of targets, targets x n.
struct DualIterate {
  Buffer<double> u;         ///< dual variables
  Buffer<double> residual;  ///< sqrt(w) (y - fit)
};

/// The n x n system of a problem with more features than samples,
///   (X F^-1 X^T + lambda I) u = y,   b = m + F^-1 X^T u,
/// on weighted data from which everything unpenalised has been projected (Saunders, Gammerman and
/// Vovk 1998, eq. 8): its kernel, which is kept from one alpha to the next, and the maps between
/// dual variables, coefficients and residuals.
template <Real T>
class DualSystem {
 public:
  DualSystem(Problem<T>& problem, Products products)
      : problem_(problem), features_(problem), products_(products) {}

  Problem<T>& problem() const { return problem_; }
  const DualFeatures<T>& features() const { return features_; }
  const GramMatrix& kernel() const { return kernel_; }

  /// Whether the kernel is one of float products of double data.
  bool mixed() const { return products_ == Products::mixed; }

  /// Forms the kernel of these roles unless it is there, and the means of the targets. Where its
  /// range demands it the problem is scaled, after which the roles must be assigned anew.
  void form_kernel(const DualRoles& roles);

  /// Forms a mixed kernel again, from products in the type of the data.
  void form_exact_kernel(const DualRoles& roles);

  /// Of the scaled data. Those of the features are known after evaluate().
  const Means& means() const { return means_; }
  Means& means() { return means_; }

  /// Samples of positive weight.
  Index n_weighted() const { return n_weighted_; }

  Unpenalised unpenalised_part(const DualRoles& roles) const;

  /// The lower triangle of the kernel beyond what is unpenalised. Unpenalised directions get
  /// `own_value` as eigenvalue, see Unpenalised::fill.
  Buffer<double> projected_kernel(const DualRoles& roles, const Unpenalised& free, bool positive,
                                  double& own_value) const;

  /// The system at lambda, not yet factored; `kept` is the part of the kernel's trace that
  /// projection has left.
  PosDefSystem system(const DualRoles& roles, const Unpenalised& free, double& kept) const;

  /// The trace of the kernel, a penalised intercept's share included.
  double trace(const DualRoles& roles) const;

  /// u = 0, residual = sqrt(w) (y - y_mean).
  DualIterate start(const TargetGroup& group, const DualRoles& roles) const;

  /// Writes the coefficients b (targets x features) of it.u, computes the means of the features,
  /// and replaces it.residual by the residuals of b. One pass over the features.
  void evaluate(const TargetGroup& group, const DualRoles& roles, const Unpenalised& free,
                DualIterate& it, double* b);

  /// Numbers of the penalised features, and n_features() for a penalised intercept.
  std::vector<Index> penalised_features(const DualRoles& roles) const;

  /// One of penalised_features() over sqrt(f) in every weighted sample, projected on what is
  /// orthogonal to everything unpenalised.
  void projected_feature(const DualRoles& roles, const Unpenalised& free, Index j,
                         double* out) const;

 private:
  template <Real S>
  void form(const DualRoles& roles);
  template <Real S>
  bool in_range() const;
  bool targets_in_range() const;
  void measure_targets();
  Index first_weighted_row() const;

  Problem<T>& problem_;
  DualFeatures<T> features_;
  Products products_;
  GramMatrix kernel_;
  DualRoles kernel_roles_;  // those kernel_ was formed for
  Means means_;
  Index n_weighted_ = 0;
};

}  // namespace elltwo
