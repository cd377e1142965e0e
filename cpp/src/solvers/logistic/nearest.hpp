#pragma once

#include <vector>

#include "elltwo/logistic.hpp"

namespace elltwo {

/// Linear predictors of some rows.
struct RowPredictors {
  std::vector<Index> row;
  std::vector<double> value;  ///< rows x outputs
};

/// Writes, of all coefficients (outputs x p) and intercepts (outputs) that give linear predictors z
/// (rows x outputs, without offsets) for some rows, those that small penalties tend to: the nearest
/// to the prior means in the norm of the factors and in the user's units, see RidgeData. A fit
/// without any penalty returns them where features are collinear.
template <Real T>
void nearest_coefficients(const LogisticData<T>& data, const LogisticOptions& options,
                          Monitor& monitor, const RowPredictors& z, double* coef,
                          double* intercept);

}  // namespace elltwo
