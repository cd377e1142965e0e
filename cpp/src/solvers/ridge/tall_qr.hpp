#pragma once

#include <vector>

#include "linalg/orthogonal.hpp"
#include "solvers/ridge/problem.hpp"
#include "solvers/ridge/root_rows.hpp"

namespace elltwo {

/// The triangle R and Q^T Y of the centred, weighted, scaled active features and targets by blocked
/// Householder QR over row chunks; X is not copied as a whole. Moments without rows are factored as
/// rows with the same products.
template <Real T>
class TallQr {
 public:
  TallQr(const Problem<T>& problem, const ScaledMoments& moments, const Means& means,
         std::vector<Index> active);

  const std::vector<Index>& active() const { return active_; }

  /// Minimises over the active b - m for one group; `coef` (targets x features) holds the prior
  /// means on entry and the coefficients on return.
  TriangularFit solve(const TargetGroup& group, double kappa, bool force_svd, double* coef) const;

 private:
  Index p() const { return static_cast<Index>(active_.size()); }
  void factor();
  void subtract_pinned(Index k0, Index rows, Index t, Index j, double* column) const;
  void fill_rows(Index k0, Index rows, double* out, Index ld) const;
  void fill_root_rows(const RootRows& roots, Index k0, Index rows, double* out, Index ld) const;

  const Problem<T>& problem_;
  const ScaledMoments& moments_;
  const Means& means_;
  std::vector<Index> active_;
  std::vector<Index> pinned_;  // all other features
  Index n_rows_ = 0;
  Buffer<double> top_;  // R and Q^T Y, p x (p + targets)
};

}  // namespace elltwo
