#pragma once

#include <span>
#include <vector>

#include "linalg/buffer.hpp"
#include "solvers/logistic/problem.hpp"

namespace elltwo {

/// V with V^T V = H^-1, the inverse Hessian of the objective in the coefficients that are fitted: m
/// x m with m = outputs x columns.size(), output by output. The outputs of more than two classes
/// are their contrasts.
struct InverseFactor {
  std::vector<Index> columns;  ///< of [x^ | 1], ascending
  Index n_outputs = 1;
  Buffer<double> v;  ///< column-major, lower triangle
  double rcond = 1.0;

  Index size() const { return n_outputs * static_cast<Index>(columns.size()); }
};

/// Whether products in float give leverages two correct digits, in so many columns and with
/// Hessians of this condition.
bool float_suits(Index columns, double rcond);

/// The inverse factors of the Hessians at several alphas. `curvature` of each alpha is w p (1 - p)
/// of the problem's rows for two classes, else their probabilities, classes x rows. Products are
/// formed in float where that suits. Leaves the problem at the last alpha.
template <Real T>
std::vector<InverseFactor> inverse_factors(LogisticProblem<T>& problem,
                                           std::span<const double> alphas,
                                           std::span<const std::vector<double>> curvature);

}  // namespace elltwo
