#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "gram/gram.hpp"
#include "linalg/posdef.hpp"
#include "solvers/logistic/active_columns.hpp"

namespace elltwo {

/// Factors a positive semidefinite m x m matrix, m = size.size(): `fill` writes its lower triangle,
/// column-major, and size_j^2 is an upper bound of its diagonal but for the penalties. To a
/// singular matrix, which only features without a penalty make, the least power of 100 times the
/// diagonal is added that lets Cholesky succeed. Without columns there is no system.
std::optional<PosDefSystem> factor_damped(const std::vector<double>& size,
                                          const std::function<void(double*)>& fill, int n_threads,
                                          Monitor& monitor);

/// Factors the active columns of a Gram matrix of [x^ | 1], their penalties added to the diagonal.
template <Real T>
std::optional<PosDefSystem> factor_penalised(const LogisticProblem<T>& problem,
                                             const GramMatrix& gram, const ActiveColumns& active,
                                             int n_threads, Monitor& monitor) {
  const auto& column = active.index;
  const auto fill = [&](double* lower) {
    for (std::size_t c = 0; c < column.size(); ++c) {
      double* out = lower + c * column.size();
      for (std::size_t r = c; r < column.size(); ++r) out[r] = gram(column[c], column[r]);
      out[c] += problem.column_penalty(column[c]);
    }
  };
  return factor_damped(active.size, fill, n_threads, monitor);
}

}  // namespace elltwo
