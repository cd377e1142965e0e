#pragma once

#include <span>
#include <vector>

#include "linalg/buffer.hpp"
#include "solvers/logistic/problem.hpp"

namespace elltwo {

/// V with V^T V = H^-1, for the coefficients that move: m = outputs x columns.size(), output by output.
struct InverseFactor {
  std::vector<Index> columns;  ///< of [x^ | 1], ascending
  Index n_outputs = 1;
  Buffer<double> v;  ///< m x m, column-major, lower
  double rcond = 1.0;

  Index size() const { return n_outputs * static_cast<Index>(columns.size()); }
};

/// Whether products in float do for forms in matrices of such a condition and so many columns.
bool float_suits(Index columns, double rcond);

/// Factors the Hessians of the objective at several alphas. `curvature` of each is w p (1 - p) of the rows of two
/// classes, else their probabilities, classes x rows, for problem.rows(). Of more than two classes, what the
/// penalty says of their mean, which no loss sees, is replaced. Products are taken in float where that suits. Leaves
/// the problem at the last alpha. False if the monitor asked to stop.
template <Real T>
bool inverse_factors(LogisticProblem<T>& problem, std::span<const double> alphas,
                     std::span<const std::vector<double>> curvature,
                     std::vector<InverseFactor>& out);

}  // namespace elltwo
