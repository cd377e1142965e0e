#include <algorithm>
#include <optional>
#include <stdexcept>

#include "elltwo/elastic_net.hpp"
#include "parallel/interruption.hpp"
#include "solvers/elastic_net/grid.hpp"
#include "solvers/elastic_net/grouped_solver.hpp"
#include "solvers/elastic_net/moment_rows.hpp"
#include "solvers/elastic_net/paths.hpp"
#include "solvers/elastic_net/ridge_points.hpp"
#include "solvers/elastic_net/sums_solver.hpp"
#include "solvers/elastic_net/validate.hpp"
#include "solvers/ridge_moments/fit.hpp"
#include "solvers/shared/box.hpp"

namespace elltwo {
namespace {

std::vector<double> values_of(std::span<const DoubleDouble> numbers) {
  std::vector<double> values;
  for (const auto& number : numbers) values.push_back(number.value());
  return values;
}

// The fit at one alpha where few features are off zero, which does without copies of the products;
// nothing where there are more.
std::optional<ElasticNetPaths> fit_from_few(const RunningSums& sums, const RidgePenalty& penalty,
                                            const Box& box, const ElasticNetOptions& options,
                                            Monitor& monitor) {
  const auto& units = sums.units();
  const Index p = sums.n_features(), n_targets = sums.n_targets();
  if (penalty.alpha.size() != 1 || !(penalty.alpha[0] > 0.0) || sums.empty()) return std::nullopt;
  const std::span<const DoubleDouble> mean(sums.rows().mean);
  NetFrame frame{{{{units.column.begin(), units.column.begin() + p},
                   {units.column.begin() + p, units.column.end()}},
                  units.weight},
                 {sums.rows().weight.value(), values_of(mean.first(p)), values_of(mean.subspan(p))},
                 {},
                 {options.l1_ratio, penalty.penalty_factors, penalty.prior_mean, box}};
  if (!SumsSolver::suits(sums, frame, options)) return std::nullopt;
  frame.rounding = std::max(frame.rounding, relative_noise(sums));
  std::vector<char> pinned(p, 0);
  for (Index j = 0; j < p; ++j) pinned[j] = sums.product(j, j) > 0.0 ? 0 : 1;
  const GramOptions asked{options.max_iter, options.n_threads};
  SumsSolver solver(sums, std::move(frame), pinned, asked, monitor);
  auto paths = solve_paths(solver, {{penalty.alpha[0]}, n_targets, 1.0, options});
  if (solver.gave_up()) return std::nullopt;
  finish_paths(p, options, paths);
  return paths;
}

}  // namespace

ElasticNetPaths elastic_net(const Moments& moments, const RidgePenalty& penalty, const Box& box,
                            const ElasticNetOptions& options, Monitor& monitor) {
  const auto n = static_cast<Index>(moments.n_rows());
  const Index p = moments.n_features(), n_targets = moments.n_targets();
  const auto ridge_options = ridge_options_of(options);
  const RidgeData<double> data{.x = {nullptr, n, p, 0, 0},
                               .y = {nullptr, n, n_targets, 0, 0},
                               .alpha = penalty.alpha,
                               .penalty_factors = penalty.penalty_factors,
                               .prior_mean = penalty.prior_mean};
  validate_elastic_net(data, box, options);
  if (auto few = fit_from_few(moments.sums(), penalty, box, options, monitor)) {
    return std::move(*few);
  }
  SumUnits units;
  const auto sums = moments_for(moments, options.fit_intercept, ridge_options, units);
  DividedAlphas alphas(penalty.alpha, options.l1_ratio);
  if (!is_unbounded(box) && !alphas.ridge.empty()) {
    if (alphas.ridge.back() == 0.0) {
      throw std::invalid_argument("alpha must be positive for bounds on a fit from moments, got 0");
    }
    alphas.l1 = std::move(alphas.ridge);
    alphas.ridge.clear();
  }
  const NetUnits scales{{{units.column.begin(), units.column.begin() + p},
                         {units.column.begin() + p, units.column.end()}},
                        units.weight};
  NetFrame frame{scales,
                 {sums.weight, sums.x_mean, sums.y_mean},
                 {},
                 {options.l1_ratio, penalty.penalty_factors, penalty.prior_mean, box}};
  frame.rounding = std::max(frame.rounding, sums.noise);
  const auto pinned = features_without_spread(sums);
  ElasticNetPaths paths;
  paths.targets.resize(n_targets);
  const bool done = completed([&] {
    if (alphas.has_l1()) {
      const auto solver = solver_on_gram(sums, frame, pinned, options, nullptr, monitor);
      paths = solve_paths(*solver, {alphas.l1, n_targets, default_ratio(n, p), options});
    }
    if (paths.info.status == Status::interrupted || alphas.ridge.empty()) return;
    const RidgeFit fit = [&](auto alpha, auto coef, auto intercept) {
      const RidgePenalty own{alpha, penalty.penalty_factors, penalty.prior_mean};
      return ridge(moments, own, ridge_options, monitor, coef, intercept);
    };
    const MomentRows rows(sums);
    append_ridge_points({fit, frame, pinned, rows, monitor}, alphas.ridge, options, paths);
  });
  if (!done) paths.info.status = Status::interrupted;
  finish_paths(p, options, paths);
  return paths;
}

}  // namespace elltwo
