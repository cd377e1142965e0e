#pragma once

#include <cmath>
#include <optional>
#include <vector>

#include "gram/stream.hpp"
#include "linalg/posdef.hpp"
#include "solvers/ridge/mixed_precision.hpp"
#include "solvers/ridge/outcome.hpp"
#include "solvers/ridge/problem.hpp"
#include "solvers/ridge/unpenalised.hpp"

namespace elltwo {

/// Euclidean norm.
inline double norm2(const double* v, Index n) {
  double sum = 0.0;
  for (Index i = 0; i < n; ++i) sum += v[i] * v[i];
  return std::sqrt(sum);
}

/// The roles that features play in the dual at one alpha.
struct DualRoles {
  std::vector<double> inverse_factor;  ///< 1 / f_j; 0 for pinned and free features
  std::vector<Index> free;             ///< unpenalised features beside penalised ones
  Index n_penalised = 0;
  double lambda = 0.0;  ///< penalty is lambda f_j; 0: least squares nearest the prior mean
  bool centred = false;
  bool penalised_intercept = false;
};

/// Ridge for more features than samples, through the n x n system
///   (X F^-1 X^T + lambda I) u = y,   b = m + F^-1 X^T u
/// on weighted data from which everything unpenalised has been projected (Saunders, Gammerman and
/// Vovk 1998, eq. 8).
template <Real T>
class DualRidge {
 public:
  explicit DualRidge(Problem<T>& problem)
      : DualRidge(problem, worth_mixing(problem, problem.n_samples())) {}

  GroupFit fit(const TargetGroup& group);

  /// Of the scaled data, known after fit().
  double weight() const { return weight_; }
  const double* x_mean() const { return x_mean_.data(); }
  const double* y_mean() const { return y_mean_.data(); }

 protected:
  /// `in_double`: products of float data are formed in double.
  DualRidge(Problem<T>& problem, bool may_mix, bool in_double = false)
      : problem_(problem), may_mix_(may_mix), in_double_(in_double) {}

  /// Iterates of one group, targets x n.
  struct Iterate {
    Buffer<double> u;
    Buffer<double> residual;  ///< weighted y - fit
  };

  DualRoles roles_of(double alpha) const;
  void take_target_means();
  template <Real Products>
  bool kernel(const DualRoles& roles);
  template <Real Products>
  bool in_range() const;
  bool kernel_in_range(const DualRoles& roles);
  bool exact_kernel(const DualRoles& roles);
  bool targets_in_range() const;
  Index first_weighted_row() const;
  Unpenalised unpenalised_part(const DualRoles& roles) const;
  void take_shift();
  Buffer<double> projected_kernel(const DualRoles& roles, const Unpenalised& free, bool positive,
                                  double& own_value) const;
  PosDefSystem dual_system(const DualRoles& roles, const Unpenalised& free) const;
  void start(const TargetGroup& group, const DualRoles& roles, Iterate& it) const;
  Source<T> features(const DualRoles& roles) const;
  bool stream(const DualRoles& roles, Index n_targets, const double* coef, const RowMap& map,
              Buffer<double>& adjoint);
  bool stream_sparse(Index n_targets, const double* coef, const RowMap& map,
                     Buffer<double>& adjoint);
  bool sparse_kernel(const DualRoles& roles);
  const SparseRows<T>& sparse_features();
  void copy_feature(Index j, double* out) const;
  void fill_feature(const DualRoles& roles, const Unpenalised& free, Index j, double* out) const;
  std::vector<Index> penalised_features(const DualRoles& roles) const;
  bool gradient_norm(const DualRoles& roles, const Buffer<double>& rho, double& norm);
  bool evaluate(const TargetGroup& group, const DualRoles& roles, const Unpenalised& free,
                Iterate& it, double* b);
  void step(const PosDefSystem& system, const Unpenalised& free, Index n_targets, double* rho,
            Buffer<double>& u) const;
  double optimality(const DualRoles& roles, const Unpenalised& free, const Iterate& it,
                    const Iterate& begin, Index n_targets, double* rho) const;
  bool solve(const TargetGroup& group, const DualRoles& roles, const Unpenalised& free,
             GroupFit& fit);
  bool by_svd(const TargetGroup& group, const DualRoles& roles, const Unpenalised& free,
              GroupFit& fit);
  bool evaluate_alone(const TargetGroup& group, const DualRoles& roles, const Unpenalised& free,
                      GroupFit& fit);
  Buffer<double> projected_features(const DualRoles& roles, const Unpenalised& free) const;
  double root_weight(Index i) const {
    return problem_.sqrt_weight() != nullptr ? problem_.sqrt_weight()[i] : 1.0;
  }

  Problem<T>& problem_;
  double weight_ = 0.0;
  Index n_weighted_ = 0;  ///< rows of positive weight
  bool may_mix_;          ///< whether the kernel is first tried with products in float
  bool in_double_;
  bool mixed_ = false;                     ///< whether kernel_ is such a one
  std::optional<SparseRows<T>> features_;  ///< sparse X by columns
  GramMatrix kernel_;
  DualRoles kernel_roles_;     ///< what kernel_ was computed for
  std::vector<double> shift_;  ///< provisional means, in the user's units
  std::vector<double> x_mean_;
  std::vector<double> y_mean_;
};

}  // namespace elltwo
