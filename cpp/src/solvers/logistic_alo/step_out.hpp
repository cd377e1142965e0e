#pragma once

#include "elltwo/views.hpp"

namespace elltwo {

/// Rows that are left out in turn; arrays but the forms are outputs x ld.
struct RowsOut {
  Index n_outputs;
  Index rows;
  Index ld;
  const double* weight;     ///< of the rows, or null
  const double* residual;   ///< r, the negative gradient of w loss in z
  const double* curvature;  ///< w p (1 - p) of two classes, else p
  double form_scale;        ///< times forms: X^T H^-1 X
  const double* forms;      ///< pairs of outputs k <= l, by k, x ld_forms
  Index ld_forms;
  double* z;  ///< linear predictors, which become those without the row
};

/// z -= (I - M W)^-1 M r for every row of positive weight. With W = C C^T, C = D^1/2 (I - s s^T), D = w diag(p) and
/// s = sqrt(p), this is M r + M C S^-1 C^T M r with S = I - C^T M C; eigenvalues of S, 1 - h q of two classes,
/// below 1e-8 are rounding and count as 1e-8.
void step_rows_out(const RowsOut& out);

}  // namespace elltwo
