#pragma once

#include "solvers/elastic_net/residuals.hpp"
#include "solvers/ridge_sparse/design.hpp"

namespace elltwo {

/// Residuals of sparse rows.
class SparseDesignRows final : public NetResiduals {
 public:
  /// Of the rows of a design, which must outlive the object.
  SparseDesignRows(const SparseDesign<double>& design, bool centred, int n_threads)
      : design_(design), centred_(centred), n_threads_(n_threads) {}

  void residuals(Index target, Index n, const double* b, Monitor& monitor, double* q,
                 double* rss) const override;

 private:
  const SparseDesign<double>& design_;
  bool centred_;
  int n_threads_;
};

}  // namespace elltwo
