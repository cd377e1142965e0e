#pragma once

#include "solvers/logistic/problem.hpp"

namespace elltwo {

/// Weighted sums over rows of the probability of a class, and of its square.
struct ProbabilitySums {
  double first = 0.0;
  double second = 0.0;

  /// `probability` holds that of every row.
  ProbabilitySums(const double* probability, const LogisticRows& rows) {
    for (Index i = 0; i < rows.n; ++i) {
      const double wp = rows.weight_of(i) * probability[i];
      first += wp;
      second += wp * probability[i];
    }
  }
};

}  // namespace elltwo
