#pragma once

#include "gram/moments.hpp"

namespace elltwo {

/// A few rows with the same mean and the same products as the rows that moments were formed from.
struct RootRows {
  Index rows = 0;
  Index cols = 0;  ///< features, then targets
  Buffer<double> values;

  const double* row(Index k) const { return values.data() + k * cols; }
};

/// Rows sqrt(lambda_k) v_k^T from the eigenvectors of the features' products, scaled to a unit
/// diagonal, without eigenvalues below `noise` times the largest, and one row for each target with
/// the part of it that these do not explain.
RootRows root_rows(const ScaledMoments& moments, double noise, Monitor& monitor);

}  // namespace elltwo
