#pragma once

#include <vector>

#include "solvers/elastic_net/residuals.hpp"
#include "solvers/ridge/problem.hpp"

namespace elltwo {

/// Residuals of dense rows, all fits by one pass over them.
template <Real T>
class DenseRows final : public NetResiduals {
 public:
  /// `means` are near those of the scaled columns, or zeros without an intercept. Both must outlive
  /// the object.
  DenseRows(const Problem<T>& problem, const Means& means) : problem_(problem), means_(means) {}

  void residuals(Index target, Index n, const double* b, Monitor& monitor, double* q,
                 double* rss) const override;

 private:
  const Problem<T>& problem_;
  const Means& means_;
};

}  // namespace elltwo
