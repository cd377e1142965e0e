#pragma once

#include "elltwo/views.hpp"

namespace elltwo {

/// Rows that are left out in turn. Arrays but weight and forms are outputs x ld.
struct AloRows {
  Index n_outputs;
  Index rows;
  Index ld;
  const double* weight;     ///< rows, or null: ones
  const double* residual;   ///< r, the negative gradient of the rows' weighted losses in z
  const double* curvature;  ///< w p (1 - p) of two classes; probabilities of more
  double form_scale;        ///< M = form_scale * forms
  const double* forms;      ///< x_k^T H^-1 x_l of outputs k <= l, by k, then l: pairs x ld_forms
  Index ld_forms;
  double* z;  ///< linear predictors of the fit, overwritten
};

/// Approximate leave-one-out predictors: z -= (I - M W)^-1 M r for every row of positive weight,
/// one Newton step from the fit of all rows towards that without the row. Here M = x^T H^-1 x is
/// outputs x outputs and W the Hessian of the row's loss in z. With W = C C^T, C = D^1/2 (I - s
/// s^T), D = w diag(p) and s = sqrt(p) this is z -= M r + M C S^-1 C^T M r, S = I - C^T M C.
/// Eigenvalues of S (of two classes 1 - M W, one minus the leverage) below own_direction are
/// rounding and are replaced by it.
void alo_step(const AloRows& rows);

}  // namespace elltwo
