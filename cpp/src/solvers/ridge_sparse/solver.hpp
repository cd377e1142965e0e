#pragma once

#include "solvers/ridge/outcome.hpp"
#include "solvers/ridge_sparse/direct.hpp"

namespace elltwo {

/// A sparse problem's data, and what solves for blocks of its coefficients: a direct fit up to so
/// many features, conjugate gradients beyond and where they cost less.
template <Real T>
class SparseSolver {
 public:
  SparseSolver(Problem<T>& problem, SparseRows<T> rows);
  SparseSolver(const SparseSolver&) = delete;
  SparseSolver& operator=(const SparseSolver&) = delete;

  const SparseDesign<T>& design() const { return design_; }
  int n_threads() const { return pass_.n_threads(); }

  /// Whether fits are direct ones, which need one alpha for all targets of a block.
  bool is_direct() const;

  SparseBlock<T> block(std::vector<PenalisedTarget> targets) {
    return {problem_, design_, pass_, std::move(targets)};
  }

  /// Moves b from the prior means to the solution; conjugate gradients may begin anywhere.
  SolveInfo fit(const SparseBlock<T>& block, double* b);

  /// To be called when penalties have changed at the same alpha.
  void forget_factors() { direct_.forget_factors(); }

 private:
  int trial_iterations() const;
  int most_iterations() const;
  void fit_directly(const SparseBlock<T>& block, double* b, SolveInfo& info);

  Problem<T>& problem_;
  SparseDesign<T> design_;
  SparsePass<T> pass_;
  SparseDirect<T> direct_;
  int trial_ = 0;  // iterations to try before a direct fit
};

}  // namespace elltwo
