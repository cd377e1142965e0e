#pragma once

#include <span>
#include <vector>

#include "linalg/buffer.hpp"
#include "solvers/logistic/problem.hpp"

namespace elltwo {

/// The mean over the rows of the curvature of the loss of several classes in the predictors,
///   A = sum_i w_i (diag(p_i) - p_i p_i^T) / sum_i w_i = V diag(lambda) V^T,
/// whose directions V are orthonormal and sum to zero over the classes.
struct MeanCurvature {
  std::vector<double> lambda;     ///< classes - 1, positive
  std::vector<double> direction;  ///< V, classes x (classes - 1), column-major

  Index size() const { return static_cast<Index>(lambda.size()); }
};

/// The mean curvature of rows with these probabilities, classes x rows.n.
MeanCurvature mean_curvature(const LogisticRows& rows, Index n_classes, const double* probability);

/// Directions B of the coefficients of one output in which the Gram matrix G of the rows is
/// diagonal and the penalties are alpha: B^T G B = diag(g) and B^T (alpha F) B = alpha I. The
/// Hessian of several classes would be A (x) G + alpha I (x) F if all rows had the curvature A, a
/// Kronecker product as Martens and Grosse (2015) use for networks; its inverse at every alpha
/// follows from B and V.
template <Real T>
class GramDirections {
 public:
  /// `least_curvature` is the smallest lambda that is asked for. A feature without a penalty gets
  /// one that is a thousandth of its curvature at most. Leaves the problem at the least alpha.
  GramDirections(LogisticProblem<T>& problem, std::span<const double> alphas,
                 double least_curvature);

  const LogisticProblem<T>& problem() const { return problem_; }
  Index size() const { return static_cast<Index>(columns_.size()); }

  /// 1 / (lambda g + alpha) of every direction.
  void invert(double lambda, double alpha, double* out) const;
  /// What the intercept adds to the quadratic forms of a row.
  double intercept_form(double lambda) const;
  /// B^T x^ of the fitted rows [k0, k0 + rows): size() x rows, column-major. `x` is room for as
  /// many numbers.
  void rotate(Index k0, Index rows, double* x, double* rotated) const;
  /// z = H^-1 r of the Kronecker product, for several points r of outputs x cols, one after the
  /// other.
  void solve(const MeanCurvature& mean, double alpha, Index n_points, const double* r,
             double* z) const;

 private:
  /// Sets B and g. A feature without a penalty gets this part of its squares.
  void diagonalise(double penalty_of_free);
  double relative(double alpha) const;

  LogisticProblem<T>& problem_;
  double unit_ = 1.0;           ///< the alpha at which penalties are one
  std::vector<Index> columns_;  ///< the features that have coefficients
  Buffer<double> basis_;        ///< B, column-major
  std::vector<double> gram_;    ///< g
};

}  // namespace elltwo
