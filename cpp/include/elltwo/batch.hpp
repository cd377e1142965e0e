#pragma once

#include <span>

#include "elltwo/ridge.hpp"

namespace elltwo {

/// Many ridge problems in the same features, each with rows of its own:
///   minimise over (b, b0)  sum_i w_i (y_i - b0 - x_i.b)^2 + sum_j alpha_k f_j (b_j - m_j)^2   for problem k.
/// Row i of problem k is row i of x moved on by k * x_stride elements where `starts` is empty, else row
/// order[starts[k] + i] of x, the table of all rows. Empty spans mean unit weights and factors, prior mean zero.
template <Real T>
struct BatchData {
  Index n_problems = 0;
  MatrixView<T> x;       ///< rows of the first problem, or of the table; columns are features
  Index x_stride = 0;    ///< from one problem to the next; 0: all share x
  MatrixView<double> y;  ///< likewise; columns are targets
  Index y_stride = 0;
  std::span<const Index> starts{};  ///< n_problems + 1, ascending from 0; empty: all as long as x
  std::span<const Index> order{};   ///< rows of the table, problem by problem; empty: as they stand
  std::span<const double> alpha{};  ///< one, or one per problem; in [0, inf]
  std::span<const double> penalty_factors{};  ///< p, shared by all
  std::span<const double> prior_mean{};       ///< p, shared by all problems and targets
  std::span<const double> sample_weight{};    ///< problems x rows, row-major, or one per row of x
};

/// Where ridge_batch writes, row-major; diagnostics may be empty.
struct BatchResults {
  std::span<double> coef;        ///< problems x targets x features
  std::span<double> intercept;   ///< problems x targets
  std::span<double> optimality;  ///< problems: relative KKT residual reached
  std::span<double> rcond;       ///< problems
};

/// Fits every problem, problems over threads; bits do not depend on their number. Problems that need more
/// than a well-conditioned Cholesky go to ridge() one by one. Returns the worst of all: the status, and the
/// largest optimality and smallest rcond. Throws std::invalid_argument where shapes or values are out of range
/// and, naming the first such problem, where data hold NaN or infinity or a problem's weights are all zero;
/// results may have been written by then. options.solver and max_iter are those of ridge().
/// Defined for float and double.
template <Real T>
SolveInfo ridge_batch(const BatchData<T>& data, const RidgeOptions& options, Monitor& monitor,
                      const BatchResults& results);

}  // namespace elltwo
