#pragma once

#include <span>

#include "elltwo/views.hpp"
#include "model/duality_gap.hpp"

namespace elltwo {

/// Rows B_j of coefficients, n of them with n_outputs values each, and q_j = X_j'W R of the
/// residuals R of all outputs, in the same layout.
struct CoefficientRows {
  const double* b = nullptr;
  const double* q = nullptr;
  Index n = 0;
  Index n_outputs = 0;
};

/// The penalties h_j(v) = l1_j |v|_2 + l2_j |v|_2^2 / 2 of the rows. A row whose l1 is 0 is not
/// penalised; its q_j must be 0.
struct RowTerms {
  std::span<const double> l1;
  std::span<const double> l2;
};

/// |v|_2 of a row.
double row_norm(const double* v, Index n_outputs);

/// sum_j h_j(B_j).
double row_penalty(const CoefficientRows& rows, const RowTerms& terms);

/// squared_loss_gap() of rows of coefficients, rss being the sum over all outputs. With v = t q_j
/// and the angle a between v and B_j a row's term h_j(B_j) + h_j*(v) - v.B_j is
///   l1 |B_j| (1 - cos a) + l2 / 2 |B_j - (1 - l1 / |v|) v / l2|^2             where |v| > l1,
///   (l1 - |v|) |B_j| + |v| |B_j| (1 - cos a) + l2 / 2 |B_j|^2                 where it is not,
/// of which no part is negative.
DualityGap squared_loss_row_gap(double rss, const CoefficientRows& rows, const RowTerms& terms);

}  // namespace elltwo
