#pragma once

#include <vector>

#include "solvers/elastic_net/point_builder.hpp"
#include "solvers/elastic_net/prediction.hpp"

namespace elltwo {

/// Measures points of a working set by the data's own slopes.
class PointCertificate {
 public:
  PointCertificate(const NetPenalty& penalty, const WorkingSet& set)
      : penalty_(penalty), set_(set), d_(penalty.n_features(), 0.0) {}

  /// The point with its objective and its duality gap, see PointBuilder.
  NetPoint measured(const FacePoint& face, const PointSlopes& slopes);

 private:
  const NetPenalty& penalty_;
  const WorkingSet& set_;
  PointBuilder builder_;
  std::vector<double> d_;  // of all features, zero between calls
};

}  // namespace elltwo
