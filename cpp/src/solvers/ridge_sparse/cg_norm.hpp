#pragma once

#include <vector>

#include "solvers/ridge_sparse/block.hpp"

namespace elltwo {

/// M of conjugate gradients, which precondition with its inverse.
///
/// With a penalty it is the diagonal of the system. Without one the iteration must end in the limit
/// of small penalties, and M is the norm that decides there: started at the least point of
///   |b - a|_M^2 = sum_j f_j (b_j - a_j)^2 + (y_mean - x_mean.b)^2,
/// the second term only with a penalised intercept, it ends in the solution that is nearest to a.
/// Features of factor 0 get a small factor in the place of theirs, and their a_j follows them,
/// until they stay where they are (the proximal point method, Rockafellar 1976): then they have had
/// no say.
template <Real T>
class CgNorm {
 public:
  CgNorm(const Problem<T>& problem, const SparseBlock<T>& block);

  /// Whether some a_j have to follow.
  bool has_followers() const { return !followers_.empty(); }

  /// z = M^-1 r for target t; returns r^T z.
  double solve(Index t, const double* r, double* z) const;

  /// Moves b, the a of all targets, to the least points.
  void start(double* b) const;

  /// Moves a to the features that it follows, and b, the solutions that a led to, as far as the
  /// least points move; returns the largest relative step of a target.
  double follow(double* a, double* b) const;

 private:
  double inverse(Index e) const { return inverse_[e]; }
  void set_up_plain(Index t, double unit);
  double along_means(Index t, const double* v) const;
  void step_along_means(Index t, double by, double* b) const;

  const Problem<T>& problem_;
  const SparseBlock<T>& block_;
  Buffer<double> inverse_;        // the inverse of the diagonal of M
  std::vector<double> share_;     // of each target: weight of (x_mean.v)^2, over one plus what it
                                  // gives to x_mean; 0 without that term
  std::vector<Index> followers_;  // elements with factor 0 beside others
};

}  // namespace elltwo
