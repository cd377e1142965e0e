#pragma once

#include <span>
#include <vector>

#include "sparse/rows.hpp"

namespace elltwo {

/// A view of the same matrix that owns no arrays.
template <Real T>
SparseRows<T> borrowed(const SparseRows<T>& x);

/// The same matrix with values in double.
template <Real T>
SparseRows<double> widened(SparseRows<T> x);

/// A copy of some rows, in the given order.
template <Real T>
SparseRows<T> gathered(const SparseRows<T>& x, std::span<const Index> rows);

/// Subtracts the mean from columns that have a value in every row, if it is large relative to their
/// standard deviation; constant columns become zeros. Returns the means that were subtracted, or
/// nothing if none was. Float columns are left as they are, since differences would be rounded.
std::vector<double> shift_full_columns(SparseRows<double>& x);
std::vector<double> shift_full_columns(SparseRows<float>& x);

/// Changes the intercepts of fits to shifted columns into those for the original columns.
void unshift_intercepts(const std::vector<double>& shift, std::span<const double> coef,
                        std::span<double> intercept);

/// The largest magnitude in every column over the rows of positive weight. weight may be null
/// (ones).
template <Real T>
std::vector<double> column_sizes(const SparseRows<T>& x, const double* weight);

}  // namespace elltwo
