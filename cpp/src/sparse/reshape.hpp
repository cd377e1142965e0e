#pragma once

#include <span>
#include <vector>

#include "sparse/rows.hpp"

namespace elltwo {

/// The same matrix, looked at through another record that owns nothing.
template <Real T>
SparseRows<T> borrowed(const SparseRows<T>& x);

/// The same matrix with values in double.
template <Real T>
SparseRows<double> widened(SparseRows<T> x);

/// Some rows of a matrix, in the order given.
template <Real T>
SparseRows<T> gathered(const SparseRows<T>& x, std::span<const Index> rows);

/// Subtracts from columns that are stored in every row their mean, if it is large beside their deviations:
/// constant columns become zeros. Returns what was subtracted, empty if nothing was. Of float values
/// nothing is, whose differences would be rounded.
std::vector<double> shift_full_columns(SparseRows<double>& x);
std::vector<double> shift_full_columns(SparseRows<float>& x);

/// Takes intercepts of fits to shifted columns to those of the columns as they were.
void unshift_intercepts(const std::vector<double>& shift, std::span<const double> coef,
                        std::span<double> intercept);

/// The largest magnitude in every column; rows of weight 0 do not count. weight may be null: ones.
template <Real T>
std::vector<double> column_sizes(const SparseRows<T>& x, const double* weight);

}  // namespace elltwo
