#pragma once

#include <vector>

#include "elltwo/batch_adjoint.hpp"
#include "kernels/table.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// One problem at a time of a batch, solved by a Cholesky factor of the smaller of its two systems.
/// M is its centred X, or the transpose of that where there are more rows than features: s x l
/// with s <= l, so that the system is M M^T + alpha I in either case. Vectors along the long side
/// are padded with zeros.
template <Real T>
class DirectProblem {
 public:
  DirectProblem(Index n, Index p, Index t, bool fit_intercept);

  /// Copies and centres the data.
  void take(MatrixView<T> x, MatrixView<double> y);

  /// Forms M M^T. False if the data hold NaN or infinity, or overflow.
  bool form_system();

  /// Factors the system and solves it for y. False if a pivot is smaller than `least_pivot` of its
  /// diagonal.
  bool solve_system(double alpha, double least_pivot);

  /// Number of values that keep() writes: the factor, and the solution for y.
  Index kept_size() const { return s_ * (s_ + t_); }
  void keep(double* kept) const;
  /// Stands in for form_system() and solve_system(). False if the first value is NaN, by which
  /// nothing is kept.
  bool restore(const double* kept);

  /// Writes coefficients (targets x features) and intercepts after solve_system().
  void fit(double* coef, double* intercept);

  /// Writes gradients, given those with respect to coefficients and intercepts (null: zeros),
  /// after solve_system(): of x (rows x features) and of y (rows x targets). Returns that of alpha.
  double adjoint(const double* coef, const double* intercept, T* x, double* y);

 private:
  void copy(MatrixView<T> x);
  void centre();
  /// vectors (t x s) times the inverse of the system.
  void solve(double* vectors);
  /// out (t x s) = v M^T for v (t x l).
  void products(const double* v, double* out);
  /// out (t x l) = a M for a (t x s).
  void combine(const double* a, double* out);
  void solve_fit();
  double adjoint_dual();
  double adjoint_primal();
  void write_x(const double* intercept, T* x);

  bool dual_;
  bool centred_;
  Index n_, p_, t_, s_, l_, ld_;
  const Kernels& kernels_;
  std::vector<Index> places_;  // 0, 1, ...
  Buffer<double> storage_;
  double* m_;         // s x ld
  double* gram_;      // s x s, then its factor
  double* diagonal_;  // s
  double* x_mean_;    // p
  double* y_mean_;    // t
  double* y_;         // t x rounded(n): y, transposed and centred
  double* short_;     // t x s: dual solution A, or coefficients B
  double* short2_;    // t x s: U, or V
  double* long_;      // 2 t x ld: two stacked sets of vectors along the long side
  double* upstream_;  // t x rounded(p): gradient of the coefficients of centred data
  double* pairs_;     // s x 2 t: factors of the gradient of M
  double* zeros_;     // s, shifts of the kernels
  double* sums_;      // s x ld: gradient of M
};

}  // namespace elltwo
