#pragma once

#include "gram/moments.hpp"
#include "solvers/elastic_net/residuals.hpp"

namespace elltwo {

/// The same from moments alone, to the digits that they hold.
class MomentRows final : public NetResiduals {
 public:
  /// The moments must outlive the object.
  explicit MomentRows(const ScaledMoments& moments) : moments_(moments) {}

  void residuals(Index target, Index n, const double* b, Monitor& monitor, double* q,
                 double* rss) const override;

 private:
  const ScaledMoments& moments_;
};

}  // namespace elltwo
