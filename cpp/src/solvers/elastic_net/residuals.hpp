#pragma once

#include "elltwo/monitor.hpp"
#include "elltwo/views.hpp"

namespace elltwo {

/// Residuals of fits in scaled coordinates, from the rows or from their moments. Methods may be
/// called from several threads.
class NetResiduals {
 public:
  NetResiduals() = default;
  NetResiduals(const NetResiduals&) = delete;
  NetResiduals& operator=(const NetResiduals&) = delete;
  virtual ~NetResiduals() = default;

  /// For each of n fits b (n x p) of a target: q = Z'W r (n x p) and rss = r'W r (n) of the
  /// residuals r = y^ - mean - Z b, less their mean where there is an intercept. Throws
  /// Interrupted.
  virtual void residuals(Index target, Index n, const double* b, Monitor& monitor, double* q,
                         double* rss) const = 0;
};

}  // namespace elltwo
