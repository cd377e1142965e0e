#pragma once

#include <vector>

#include "elltwo/elastic_net.hpp"
#include "solvers/elastic_net/net_solver.hpp"

namespace elltwo {

/// The alphas of a call: given ones, falling, or none: then a grid is made.
struct PathRequest {
  std::vector<double> alphas;
  Index n_targets;
  double default_ratio;  ///< of the smallest alpha to the largest, where options do not say
  const ElasticNetOptions& options;
};

/// The smallest part of alpha_max to which a grid goes where nobody says: less where there are as
/// many rows as features.
double default_ratio(Index n_rows, Index n_features);

/// The paths of all targets by one solver. Where it is interrupted they hold the points finished.
ElasticNetPaths solve_paths(NetSolver& solver, const PathRequest& request);

/// Sets the status and what else follows from the points; throws std::overflow_error where a
/// coefficient is not finite.
void finish_paths(Index n_features, const ElasticNetOptions& options, ElasticNetPaths& paths);

}  // namespace elltwo
