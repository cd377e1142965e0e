#pragma once

#include <vector>

#include "solvers/elastic_net/path_writer.hpp"
#include "solvers/elastic_net/penalty.hpp"

namespace elltwo {

/// Puts a point together, feature by feature, with its objective and its duality gap. Features at
/// zero whose slope is within alpha l1 have no part in either.
class PointBuilder {
 public:
  /// Begins a point at alpha^.
  void begin(double alpha);

  /// The next feature, ascending, with d_j and q_j = z_j'W r.
  void add(Index feature, double d, double q, const SlotPenalty& slot);

  /// The point with this r'W r.
  NetPoint finish(double rss);

 private:
  double alpha_ = 0.0;
  NetPoint point_;
  // Of the features that have a part in the gap.
  std::vector<double> d_, q_, l1_, l2_, lower_, upper_;
};

}  // namespace elltwo
