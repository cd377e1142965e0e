#pragma once

#include <optional>
#include <vector>

#include "linalg/posdef.hpp"
#include "solvers/ridge/outcome.hpp"
#include "solvers/ridge_sparse/block.hpp"

namespace elltwo {

/// Sparse ridge through the p x p normal equations G = X^T W X - W x_mean x_mean^T, corrected with
/// residuals from the data; and where they are singular by QR of blocks of rows, which are made
/// dense one at a time.
template <Real T>
class SparseDirect {
 public:
  SparseDirect(const Problem<T>& problem, const SparseDesign<T>& design)
      : problem_(problem), design_(design) {}

  /// Moves b (p x k) from the prior means to the solution. All targets of a block share one alpha.
  /// False, with b as it was and info.fallback set, where normal equations cannot do it.
  bool by_cholesky(const SparseBlock<T>& block, double* b, SolveInfo& info);

  /// The same whatever the rank: of all solutions the one nearest to the prior means. Costs as much
  /// as a dense fit. With solver svd by singular values always.
  void by_orthogonal(const SparseBlock<T>& block, double* b, SolveInfo& info);

  /// To be called when penalties have changed at the same alpha.
  void forget_factors() { system_.reset(); }

  /// Whether by_orthogonal would be done within a second or so.
  bool orthogonal_affordable() const;

 private:
  using Active = std::vector<Index>;

  Active active_features(const SparseBlock<T>& block) const;
  bool is_dominated(const SparseBlock<T>& block) const;
  bool factor(const SparseBlock<T>& block);
  Buffer<double> correction(const SparseBlock<T>& block, const double* g) const;
  void refine(const SparseBlock<T>& block, double* b, SolveInfo& info) const;
  Buffer<double> triangle(const SparseBlock<T>& block, const Active& active, const double* b) const;
  Buffer<double> penalised_triangle(const SparseBlock<T>& block, const Active& active,
                                    const double* b, const Buffer<double>& top) const;

  const Problem<T>& problem_;
  const SparseDesign<T>& design_;
  Buffer<double> gram_;  // X^T W X
  bool has_gram_ = false;
  double alpha_ = -1.0;  // alpha that system_ is for
  Active active_;
  std::optional<PosDefSystem> system_;
  bool definite_ = true;  ///< what factor() of system_ returned
};

}  // namespace elltwo
