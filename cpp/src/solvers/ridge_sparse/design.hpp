#pragma once

#include <vector>

#include "solvers/ridge/problem.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// The data of a sparse problem in scaled coordinates, with what centring them needs. X itself is
/// not changed: (X - 1 x_mean^T) v = X v - x_mean.v.
template <Real T>
struct SparseDesign {
  SparseRows<T> x;
  Buffer<double> weight{};         ///< empty for unit weights
  Means means{};                   ///< those of x and y are zero without an intercept
  std::vector<double> x_spread{};  ///< sum w (x - x_mean)^2 of every column
  std::vector<double> y_spread{};  ///< sum w (y - y_mean)^2 of every target
  Buffer<double> y{};              ///< n x targets, about y_mean
  std::vector<double> y_sum{};     ///< sum w y of the values in y, which rounding leaves of zero
  std::vector<double> cross{};     ///< X^T W y of the one target; empty if there are several

  /// Measures the data, which are scaled first if their squares are out of range. Throws where y is
  /// not finite.
  SparseDesign(Problem<T>& problem, SparseRows<T> rows);

 private:
  bool measure(const Problem<T>& problem);
  bool measure_columns(const Problem<T>& problem);
  void measure_target(const Problem<T>& problem, Index t);
  double weight_of(Index i) const { return weight.data() != nullptr ? weight[i] : 1.0; }
};

}  // namespace elltwo
