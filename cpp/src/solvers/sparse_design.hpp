#pragma once

#include <vector>

#include "solvers/problem.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// The data of a sparse problem in scaled coordinates, with what centring them takes. X itself stays as
/// it is: (X - 1 x_mean^T) v = X v - x_mean.v.
template <Real T>
struct SparseDesign {
  SparseRows<T> x;
  Buffer<double> weight{};         ///< none: ones
  double total = 0.0;              ///< sum of the weights
  std::vector<double> x_mean{};    ///< zeros without an intercept
  std::vector<double> y_mean{};    ///< zeros without an intercept
  std::vector<double> x_spread{};  ///< sum w (x - x_mean)^2 of every column
  std::vector<double> y_spread{};
  Buffer<double> y{};  ///< n x targets, about y_mean

  /// Takes what is wanted of the data, which are scaled first if their squares are out of range. Throws
  /// where y is not finite.
  SparseDesign(Problem<T>& problem, SparseRows<T> rows);

 private:
  bool measure(const Problem<T>& problem);
  bool measure_columns(const Problem<T>& problem);
  void measure_target(const Problem<T>& problem, Index t);
};

}  // namespace elltwo
