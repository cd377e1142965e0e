#include "solvers/elastic_net/path_columns.hpp"

namespace elltwo {

PathColumns::PathColumns(const ElasticNetPath& path, Index n_features) {
  const auto points = static_cast<Index>(path.alphas.size());
  std::vector<Index> place(n_features, -1);
  for (const auto j : path.features) place[j] = 0;
  for (Index j = 0; j < n_features; ++j) {
    if (place[j] < 0) continue;
    place[j] = static_cast<Index>(features.size());
    features.push_back(j);
  }
  values.assign(features.size() * points, 0.0);
  for (Index a = 0; a < points; ++a) {
    for (auto e = path.starts[a]; e < path.starts[a + 1]; ++e) {
      values[place[path.features[e]] * points + a] = path.values[e];
    }
  }
}

}  // namespace elltwo
