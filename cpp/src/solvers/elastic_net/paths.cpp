#include "solvers/elastic_net/paths.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/interruption.hpp"
#include "solvers/elastic_net/grid.hpp"
#include "solvers/shared/ranges.hpp"
#include "solvers/shared/results.hpp"

namespace elltwo {
namespace {

// Below this l1_ratio the grid would begin at an alpha that leaves nothing but the penalty.
constexpr double least_ratio_of_grid = 1e-3;

std::vector<double> grid_of(const NetSolver& solver, const std::vector<NetNullModel>& null,
                            const PathRequest& request) {
  std::vector<double> alpha_max;
  for (std::size_t t = 0; t < null.size(); ++t) {
    const auto& penalty = solver.penalty(static_cast<Index>(t));
    const double counted = penalty.l1_ratio() / std::max(penalty.l1_ratio(), least_ratio_of_grid);
    alpha_max.push_back(penalty.user_alpha(null[t].alpha_max) * counted);
  }
  const double asked = request.options.alpha_min_ratio;
  return alpha_grid(alpha_max, request.options.n_alphas,
                    asked > 0.0 ? asked : request.default_ratio);
}

}  // namespace

double default_ratio(Index n_rows, Index n_features) { return n_rows >= n_features ? 1e-3 : 1e-2; }

bool suits_gram(Index n_rows, Index n_features) {
  constexpr Index most_features = 6000;
  return n_features <= most_features && n_rows >= n_features;
}

ElasticNetPaths solve_paths(NetSolver& solver, const PathRequest& request) {
  ElasticNetPaths paths;
  paths.targets.resize(request.n_targets);
  paths.info.tolerance = request.options.tol;
  const bool done = completed([&] {
    std::vector<NetNullModel> null;
    for (Index t = 0; t < request.n_targets; ++t) null.push_back(solver.null_model(t));
    const auto alphas = request.alphas.empty() ? grid_of(solver, null, request) : request.alphas;
    std::vector<PathWriter> writers;
    for (Index t = 0; t < request.n_targets; ++t) {
      const auto& penalty = solver.penalty(t);
      auto& path = paths.targets[t];
      path.alpha_max = penalty.user_alpha(null[t].alpha_max);
      const NetLimits limits{request.options.tol, request.options.max_features};
      writers.emplace_back(solver.frame(), penalty, limits, null[t].rss, path);
    }
    solver.solve(alphas, request.options.start, writers);
  });
  solver.report(paths.info);
  if (!done) paths.info.status = Status::interrupted;
  return paths;
}

void finish_paths(Index n_features, const ElasticNetOptions& options, ElasticNetPaths& paths) {
  auto& info = paths.info;
  info.tolerance = options.tol;
  info.group_targets = options.group_targets;
  bool all = true;
  for (const auto& path : paths.targets) {
    require_finite_results({path.values, n_features, path.intercept});
    all = all && std::ranges::all_of(path.converged, [](auto one) { return one != 0; });
  }
  if (info.status != Status::interrupted && !all) info.status = Status::max_iter_reached;
}

}  // namespace elltwo
