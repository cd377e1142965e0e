#pragma once

#include <tuple>

#include "elltwo/batch_adjoint.hpp"
#include "kernels/direct.hpp"
#include "kernels/table.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// One problem at a time of a batch, solved by a factor of the smaller of its two systems.
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
  Index kept_size() const { return direct_kept_size(n_, p_, t_); }
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
  void take_x(MatrixView<T> x);
  void take_y(MatrixView<double> y);
  void to_columns(Index n_rows, const double* rows, double* columns) const;
  bool factor();
  /// out (s x t) = M v^T for v (t x l).
  void products(const double* v, double* out);
  void combine(const direct::Combination& job, Index size, double* out, Index ld_out) const {
    std::get<direct::CombineFn<double>>(direct_.combine)(job, size, out, ld_out);
  }
  void solve_fit();
  double solve_adjoint();
  void write_x(const double* intercept, T* x);

  bool dual_;
  bool centred_;
  Index n_, p_, t_, s_, l_, ld_, ld_s_;
  Index ld_t_ = 0;  // t rounded up to whole vectors
  const Kernels& kernels_;
  const direct::Kernels& direct_;
  Buffer<double> storage_;
  double* m_;         // s x ld
  double* gram_;      // s x ld_s, then its factor
  double* floors_;    // s: least pivots
  double* diagonal_;  // s
  double* zeros_;     // s, shifts of the kernels
  double* x_mean_;    // rounded(p)
  double* y_mean_;    // t
  double* y_rows_;    // n x ld_t: y, centred
  double* y_;         // t x ld: its transpose (primal)
  double* short_;     // (s + 3) x ld_t: dual solution A, or coefficients B
  double* short2_;    // (s + 3) x ld_t: U, or V
  double* long_;      // 2 t x ld: two stacked sets of vectors along the long side
  double* products_;  // t x s
  double* upstream_;  // t x rounded(p): gradient of the coefficients of centred data
  double* pairs_;     // s x 2 t: factors of the gradient of M
  double* sums_;      // s x ld: gradient of M (primal)
};

}  // namespace elltwo
