#pragma once

#include <optional>
#include <vector>

#include "gram/gram.hpp"
#include "gram/stream.hpp"
#include "solvers/ridge/problem.hpp"

namespace elltwo {

/// The roles that features play in the dual at one alpha.
struct DualRoles {
  std::vector<double> inverse_factor;  ///< 1 / f_j; 0 for pinned and free features
  std::vector<Index> free;             ///< unpenalised features beside penalised ones
  Index n_penalised = 0;               ///< features with a finite penalty above zero
  double lambda = 0.0;                 ///< penalty is lambda f_j; 0: the limit of small ones
  bool centred = false;
  bool penalised_intercept = false;
};

/// Assigns the roles at one alpha, in the scales that the problem has.
template <Real T>
DualRoles dual_roles(const Problem<T>& problem, double alpha);

/// A problem's features as rows with one value for each sample, dense or sparse. Dense ones are
/// about provisional means, which projecting out the intercept makes exact; sparse ones are not
/// shifted.
template <Real T>
class DualFeatures {
 public:
  explicit DualFeatures(const Problem<T>& problem);

  /// The square root of a sample's weight.
  double root_weight(Index i) const {
    return problem_.sqrt_weight() != nullptr ? problem_.sqrt_weight()[i] : 1.0;
  }

  /// The provisional mean of feature j in the user's units; 0 unless the roles are centred.
  double shift(const DualRoles& roles, Index j) const { return roles.centred ? shift_[j] : 0.0; }
  /// The provisional means of features from j on, or null.
  const double* shifts(const DualRoles& roles, Index j) const {
    return roles.centred ? shift_.data() + j : nullptr;
  }

  /// Z F^-1 Z^T for the shifted, weighted features Z, products formed in S.
  template <Real S>
  GramMatrix kernel(const DualRoles& roles) const;

  /// One pass over the features: with f = Z^T u for each row u of `coef` (n_targets x n) it forms
  /// z = map(f) and returns Z z, n_targets x n.
  Buffer<double> stream(const DualRoles& roles, Index n_targets, const double* coef,
                        const RowMap& map) const;

  /// Copies feature j of every sample as the user gave it.
  void copy(Index j, double* out) const;

 private:
  GramMatrix sparse_kernel(const DualRoles& roles) const;
  Buffer<double> stream_sparse(Index n_targets, const double* coef, const RowMap& map) const;

  const Problem<T>& problem_;
  std::vector<double> shift_;
  std::optional<SparseRows<T>> by_columns_;  // sparse X by columns
};

}  // namespace elltwo
