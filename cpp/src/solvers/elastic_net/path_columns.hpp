#pragma once

#include <vector>

#include "elltwo/elastic_net.hpp"

namespace elltwo {

/// The coefficients of a path: the features that are ever in it, and their values, features x
/// points, row-major.
struct PathColumns {
  std::vector<Index> features;
  std::vector<double> values;

  PathColumns(const ElasticNetPath& path, Index n_features);
};

}  // namespace elltwo
