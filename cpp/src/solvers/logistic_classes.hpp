#pragma once

#include <vector>

#include "solvers/logistic_problem.hpp"

namespace elltwo {

/// The columns of [x | 1] whose coefficients move, and their sizes.
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

/// Penalty of a column of [x | 1].
template <Real T>
double column_penalty(const LogisticProblem<T>& problem, Index j) {
  return j < problem.n_features() ? problem.penalty(j) : 0.0;
}

/// The loss does not see what all classes share: along their mean the penalty alone is the Hessian.
/// Writes that part of the step to all classes, outputs x cols.
template <Real T>
void solve_class_mean(const LogisticProblem<T>& problem, const ActiveColumns& active,
                      const double* slope, double* step) {
  const Index outputs = problem.n_outputs();
  const Index cols = problem.cols();
  for (Index o = 0; o < problem.size(); ++o) step[o] = 0.0;
  for (const Index j : active.index) {
    const double penalty = column_penalty(problem, j);
    if (penalty == 0.0) continue;
    double sum = 0.0;
    for (Index o = 0; o < outputs; ++o) sum += slope[o * cols + j];
    const double mean = sum / (static_cast<double>(outputs) * penalty);
    for (Index o = 0; o < outputs; ++o) step[o * cols + j] = mean;
  }
}

}  // namespace elltwo
