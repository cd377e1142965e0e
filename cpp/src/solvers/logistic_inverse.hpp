#pragma once

#include <vector>

#include "linalg/buffer.hpp"
#include "solvers/logistic_problem.hpp"

namespace elltwo {

/// V with V^T V = H^-1, for the coefficients that move: m = outputs x columns.size(), output by output.
struct InverseFactor {
  std::vector<Index> columns;  ///< of [x^ | 1], ascending
  Index n_outputs = 1;
  Buffer<double> v;  ///< m x m, column-major, lower
  double rcond = 1.0;

  Index size() const { return n_outputs * static_cast<Index>(columns.size()); }
};

/// Factors the Hessian of the objective at the problem's alpha. `curvature` is w p (1 - p) of each row of two classes,
/// else the probabilities, classes x rows, for problem.rows(). Of more than two classes, what the
/// penalty holds back of their mean, which no loss sees, is replaced. Products are taken in float where there are
/// columns enough and the condition allows. False if the monitor asked to stop.
template <Real T>
bool inverse_factor(const LogisticProblem<T>& problem, const double* curvature, InverseFactor& out);

}  // namespace elltwo
