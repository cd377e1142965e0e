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

/// Whether the Gram matrix of all features is the way: they are no more than the rows,
/// and their matrix is not too large. Fewer rows are solved on working sets, which took 0.6 to 1.1
/// of the time for 250 features and 30 to 200 rows.
bool suits_gram(Index n_rows, Index n_features);

/// The paths of all targets by one solver. Where it is interrupted they hold the points finished.
ElasticNetPaths solve_paths(NetSolver& solver, const PathRequest& request);

/// Sets the status and what else follows from the points; throws std::overflow_error where a
/// coefficient is not finite.
void finish_paths(Index n_features, const ElasticNetOptions& options, ElasticNetPaths& paths);

}  // namespace elltwo
