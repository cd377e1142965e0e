#pragma once

#include <vector>

#include "solvers/logistic/problem.hpp"

namespace elltwo {

/// The derivatives of the rows' losses at the fit of one alpha, outputs x n each.
struct AloTerms {
  std::vector<double> z;          ///< linear predictors
  std::vector<double> residual;   ///< negative derivatives of the loss
  std::vector<double> curvature;  ///< w p (1 - p) of two classes; probabilities of more
};

/// `scale` times the values of the rows that a problem fits, in its order, of an array outputs x n.
template <Real T>
std::vector<double> of_fitted_rows(const LogisticProblem<T>& problem,
                                   const std::vector<double>& values, double scale) {
  const auto& rows = problem.rows();
  const std::size_t outputs = problem.n_outputs(), n = values.size() / outputs;
  std::vector<double> fitted;
  fitted.reserve(outputs * rows.n);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (Index k = 0; k < rows.n; ++k) fitted.push_back(scale * values[o * n + rows.row(k)]);
  }
  return fitted;
}

}  // namespace elltwo
