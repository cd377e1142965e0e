#pragma once

#include <vector>

#include "solvers/outcome.hpp"
#include "solvers/sparse_block.hpp"

namespace elltwo {

/// Iterations that options allow.
int most_cg_iterations(const RidgeOptions& options);

/// Conjugate gradients on the normal equations of centred sparse data, preconditioned by their diagonal
/// (Hestenes and Stiefel 1952; Golub and Van Loan, 4th ed., 11.5.2). Targets without a penalty go
/// without preconditioning: started from the prior means, the iteration then ends in the solution
/// nearest to them.
template <Real T>
class SparseCg {
 public:
  SparseCg(const Problem<T>& problem, const SparseBlock<T>& block);

  /// Moves b (p x k) from the prior means to the solution, in at most so many iterations. The optimality
  /// reported is verified with residuals from the data.
  void solve(int max_iter, double* b, SolveInfo& info);

 private:
  bool iterate(double* b, double tol, int max_iter, int& n_iter);
  void start_directions();
  void advance(Index t, double* b);
  double rcond() const;

  const Problem<T>& problem_;
  const SparseBlock<T>& block_;
  Buffer<double> inverse_;  // of the preconditioner
  Buffer<double> r_, d_, q_;
  std::vector<double> rz_;  // r . z of every target
  std::vector<bool> done_;
  std::vector<double> diagonal_;  // of the first target's Lanczos matrix
  std::vector<double> off_;
  double last_step_ = 0.0;
};

}  // namespace elltwo
