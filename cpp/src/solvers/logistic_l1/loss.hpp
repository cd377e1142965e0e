#pragma once

#include <vector>

#include "solvers/logistic_l1/design.hpp"

namespace elltwo {

/// The loss at some predictors and its derivatives in them. Arrays of all outputs hold row i of
/// output k at k n + i.
struct LogisticL1Loss {
  double value = 0.0;
  std::vector<double> residual;   ///< r = w (y - p), outputs x n
  std::vector<double> curvature;  ///< two classes: w p (1 - p), n; more: p, outputs x n
};

/// Evaluates the loss at predictors `eta` (outputs x n). Bits do not depend on n_threads.
void evaluate_loss(const LogisticL1Design& design, const double* eta, int n_threads,
                   LogisticL1Loss& loss);

/// The same for rows [first, first + count), at which loss.residual holds the predictors. Returns
/// their part of the value.
double evaluate_loss_of_rows(const LogisticL1Design& design, Index first, Index count,
                             LogisticL1Loss& loss);

/// The weights of rows in the block (k, l) of the Hessian, w p_k ([k = l] - p_l), n.
void curvature_of_block(const LogisticL1Design& design, const LogisticL1Loss& loss, Index k,
                        Index l, double* weight);

/// z = -(d r / d eta) z in place, outputs x n.
void multiply_by_curvature(const LogisticL1Design& design, const LogisticL1Loss& loss, double* z);

}  // namespace elltwo
