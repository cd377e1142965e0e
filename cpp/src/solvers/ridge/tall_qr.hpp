#pragma once

#include <vector>

#include "linalg/orthogonal.hpp"
#include "solvers/ridge/problem.hpp"
#include "solvers/ridge/root_rows.hpp"

namespace elltwo {

/// The triangle R and Q^T y of centred, weighted, scaled [X | Y] by blocked Householder QR over row
/// chunks; X is not copied as a whole. Moments without rows give rows with the same products. Keeps the
/// active features only.
template <Real T>
class TallQr {
 public:
  TallQr(const Problem<T>& problem, const ScaledMoments& moments, std::vector<Index> active);

  /// False if the monitor asked to stop.
  bool factor();

  const std::vector<Index>& active() const { return active_; }

  /// Minimises over the active b - m for one group; `coef` (targets x features) holds the prior
  /// means on entry and the coefficients on return.
  TriangularFit solve(const TargetGroup& group, double kappa, bool force_svd, double* coef) const;

 private:
  Index p() const { return static_cast<Index>(active_.size()); }
  void subtract_pinned(Index k0, Index rows, Index t, Index j, double* column) const;
  void fill_rows(Index k0, Index rows, double* out, Index ld) const;
  void fill_root_rows(const RootRows& roots, Index k0, Index rows, double* out, Index ld) const;

  const Problem<T>& problem_;
  const ScaledMoments& moments_;
  std::vector<Index> active_;
  std::vector<Index> pinned_;  // all others
  Index n_rows_ = 0;
  Buffer<double> top_;  // p x (p + targets): R and Q^T Y
};

}  // namespace elltwo
