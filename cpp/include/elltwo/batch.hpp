#pragma once

#include <span>

#include "elltwo/ridge.hpp"

namespace elltwo {

/// Many ridge problems in the same features, each with rows of its own. Problem k is to
///   minimise over (b, b0)  sum_i w_i (y_i - b0 - x_i.b)^2 + sum_j alpha_k f_j (b_j - m_j)^2.
/// Where `starts` is empty, row i of problem k is row i of x moved on by k * x_stride elements;
/// else it is row order[starts[k] + i] of x, the table of all rows. Empty spans stand for unit
/// weights, unit factors and a prior mean of zero.
template <Real T>
struct BatchData {
  Index n_problems = 0;
  MatrixView<T> x;       ///< rows of the first problem, or of the table; columns are features
  Index x_stride = 0;    ///< from one problem to the next; 0: all share x
  MatrixView<double> y;  ///< the same for targets
  Index y_stride = 0;    ///< from one problem to the next; 0: all share y
  std::span<const Index>
      starts{};  ///< n_problems + 1, ascending from 0; empty: each has x.rows rows
  std::span<const Index> order{};   ///< rows of the table, problem by problem; empty: 0, 1, 2, ...
  std::span<const double> alpha{};  ///< one, or one per problem; in [0, inf]
  std::span<const double> penalty_factors{};  ///< p, shared by all
  std::span<const double> prior_mean{};       ///< p, shared by all problems and targets
  std::span<const double> sample_weight{};    ///< problems x rows, row-major, or one per row of x
};

/// Where ridge_batch() writes, row-major. optimality and rcond may be empty.
struct BatchResults {
  std::span<double> coef;          ///< problems x targets x features
  std::span<double> intercept;     ///< problems x targets
  std::span<double> optimality{};  ///< problems: relative KKT residuals reached
  std::span<double> rcond{};       ///< problems: reciprocal condition numbers
};

/// Fits every problem, several at a time on threads; bits do not depend on the number of threads.
/// Problems that need more than a Cholesky factor of a well-conditioned matrix are fitted by
/// ridge(), with options.solver and options.max_iter. Returns the worst of all: a status other than
/// converged if there is one, the largest optimality and the smallest rcond. Throws
/// std::invalid_argument where shapes or values are out of range and, naming the first such
/// problem, where data contain NaN or infinity or all weights of a problem are zero; results may
/// have been written by then. Defined for float and double.
template <Real T>
SolveInfo ridge_batch(const BatchData<T>& data, const RidgeOptions& options, Monitor& monitor,
                      const BatchResults& results);

/// ridge_batch() without a monitor: it cannot be interrupted.
template <Real T>
SolveInfo ridge_batch(const BatchData<T>& data, const RidgeOptions& options,
                      const BatchResults& results) {
  Monitor nobody;
  return ridge_batch(data, options, nobody, results);
}

}  // namespace elltwo
