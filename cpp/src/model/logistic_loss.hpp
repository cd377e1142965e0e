#pragma once

#include <cstdint>

#include "elltwo/views.hpp"

namespace elltwo {

/// What a block of rows adds to the loss and its derivatives. A null weight stands for ones.
///
/// Two classes: z holds n linear predictors; they become the negative derivatives w (y - p) with y
/// = 1 for label 1, else 0, and p = 1 / (1 + exp(-z)). `curvature` (n, or null) receives w p (1 -
/// p). Returns sum w log(1 + exp(-s z)).
double binomial_terms(Index n, double* z, const std::int32_t* label, const double* weight,
                      double* curvature);

/// More classes: predictor (k, i) at z[k * ld + i] becomes w_i ([label_i = k] - p_ik), with p_i the
/// softmax of row i. `probability` (n_classes x ld_probability, or null) receives p.
/// Returns sum w (log(sum_k exp(z_k)) - z_label).
double multinomial_terms(Index n_classes, Index n, double* z, Index ld, const std::int32_t* label,
                         const double* weight, double* probability, Index ld_probability);

}  // namespace elltwo
