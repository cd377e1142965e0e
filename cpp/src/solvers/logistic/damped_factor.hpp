#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "gram/gram.hpp"
#include "linalg/posdef.hpp"
#include "solvers/logistic/active_columns.hpp"

namespace elltwo {

/// Factors a positive semidefinite system: `fill` writes the lower triangle (column-major, m x m, m = size.size()),
/// size_j^2 is what the diagonal is at most. A singular one, which only features without a penalty make, gets
/// the least addition to its diagonal that lets it be factored. False if the monitor asked to stop.
bool factor_damped(const std::vector<double>& size, const std::function<void(double*)>& fill,
                   int n_threads, Monitor& monitor, std::optional<PosDefSystem>& system);

/// The same for the active columns of a Gram matrix of [x | 1] with their penalties on the diagonal.
template <Real T>
bool factor_penalised(const LogisticProblem<T>& problem, const GramMatrix& gram,
                      const ActiveColumns& active, int n_threads, Monitor& monitor,
                      std::optional<PosDefSystem>& system) {
  const auto& column = active.index;
  const auto fill = [&](double* lower) {
    for (std::size_t c = 0; c < column.size(); ++c) {
      double* out = lower + c * column.size();
      for (std::size_t r = c; r < column.size(); ++r) out[r] = gram(column[c], column[r]);
      out[c] += column_penalty(problem, column[c]);
    }
  };
  return factor_damped(active.size, fill, n_threads, monitor, system);
}

}  // namespace elltwo
