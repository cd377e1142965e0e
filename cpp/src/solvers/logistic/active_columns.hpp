#pragma once

#include <vector>

#include "solvers/logistic/problem.hpp"

namespace elltwo {

/// The columns of [x^ | 1] whose coefficients are fitted, and their sizes.
struct ActiveColumns {
  std::vector<Index> index;
  std::vector<double> size;

  Index count() const { return static_cast<Index>(index.size()); }
};

template <Real T>
ActiveColumns active_columns(const LogisticProblem<T>& problem) {
  ActiveColumns active;
  for (Index j = 0; j < problem.cols(); ++j) {
    if (j < problem.n_features() && !problem.moves(j)) continue;
    active.index.push_back(j);
    active.size.push_back(problem.column_size(j));
  }
  return active;
}

}  // namespace elltwo
