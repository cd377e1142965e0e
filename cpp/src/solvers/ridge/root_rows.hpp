#pragma once

#include "gram/moments.hpp"

namespace elltwo {

/// As few rows as have the products that moments hold, about the same mean, in the place of the
/// rows that these were taken of.
struct RootRows {
  Index rows = 0;
  Index cols = 0;  ///< features, then targets
  Buffer<double> values;

  const double* row(Index k) const { return values.data() + k * cols; }
};

/// Rows sqrt(lambda_k) v_k^T from the eigenvectors of the features' products, brought to a unit
/// diagonal, of which those below `noise` times the largest are left out, and one for what they
/// leave of each target.
RootRows root_rows(const ScaledMoments& moments, double noise);

}  // namespace elltwo
