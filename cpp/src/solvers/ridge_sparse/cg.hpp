#pragma once

#include <vector>

#include "solvers/ridge/outcome.hpp"
#include "solvers/ridge_sparse/cg_norm.hpp"

namespace elltwo {

/// Iterations that the options allow.
int most_cg_iterations(const RidgeOptions& options);

/// Conjugate gradients on the normal equations of centred sparse data, preconditioned by their
/// diagonal (Hestenes and Stiefel 1952; Golub and Van Loan, 4th ed., 11.5.2), or at alpha = 0 by
/// the norm that makes them end in the limit of small penalties, see CgNorm.
template <Real T>
class SparseCg {
 public:
  SparseCg(const Problem<T>& problem, const SparseBlock<T>& block);

  /// Moves b (p x k) from the prior means to the solution, in at most so many iterations. A trial,
  /// to which max_iter is the cost of another way, ends where its pace promises no end in as many
  /// more, and after twice as many. The optimality reported is that of residuals from the data, or
  /// of recurred ones with a bound on how far they have drifted from those (van der Vorst and Ye
  /// 2000, section 3), where that is small beside the tolerance.
  void solve(int max_iter, bool is_trial, double* b, SolveInfo& info);

 private:
  struct Target {
    double rz = 0.0;     // r^T M^-1 r
    double drift = 0.0;  // a bound on |r_j - g_j| / d_j
    Stationarity state;  // by the recurred residual
    bool done = false;

    double relative_drift() const { return drift > 0.0 ? drift / state.scale : 0.0; }
  };

  void solve_from_here(int max_iter, bool is_trial, double* b, SolveInfo& info);
  bool iterate(double* b, int max_iter, bool is_trial, int& n_iter);
  void measure(const double* b, bool at_start);
  bool hopeless(const std::vector<Target>& start, int done, int max_iter) const;
  double optimality() const;
  bool drift_matters() const;
  void start_directions();
  void advance(Index t, double* b);
  double rcond() const;

  const Problem<T>& problem_;
  const SparseBlock<T>& block_;
  CgNorm<T> norm_;
  Buffer<double> r_, d_, q_;  // residuals, directions and H times the directions
  Buffer<double> z_;          // M^-1 times the residuals
  std::vector<Target> targets_;
  double tol_;
  double magnification_;
  std::vector<double> diagonal_;  // the diagonal of the first target's Lanczos matrix
  std::vector<double> off_;       // the elements beside its diagonal
  double last_step_ = 0.0;
};

}  // namespace elltwo
