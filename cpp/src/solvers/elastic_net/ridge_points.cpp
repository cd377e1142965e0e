#include "solvers/elastic_net/ridge_points.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "parallel/interruption.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

/// The coefficients of one target's fit in scaled coordinates.
std::vector<double> scaled_coefficients(const NetFrame& frame, const double* coef, Index p,
                                        Index target) {
  std::vector<double> b(p);
  for (Index j = 0; j < p; ++j) {
    b[j] = rescaled(coef[j], frame.units.y(target), frame.units.x(j));
  }
  return b;
}

class RidgePoint {
 public:
  RidgePoint(const RidgePoints& points, Index target)
      : points_(points), penalty_(points.frame.terms, points.frame.units, points.pinned, target) {}

  const NetPenalty& penalty() const { return penalty_; }

  /// r'W r of the null model, whose coefficients in the user's units are given.
  double measure_null(const double* coef) {
    const Index p = penalty_.n_features(), t = penalty_.target();
    auto b = scaled_coefficients(points_.frame, coef, p, t);
    b.resize(2 * p, 0.0);
    std::vector<double> q(2 * p), rss(2);
    points_.rows.residuals(t, 2, b.data(), points_.monitor, q.data(), rss.data());
    total_ = rss[1];
    return rss[0];
  }

  /// Measures the fit `coef`, in the user's units, that ridge regression says this of.
  NetPoint measure(const double* coef, double alpha, const SolveInfo& info) {
    const Index p = penalty_.n_features(), t = penalty_.target();
    const auto b = scaled_coefficients(points_.frame, coef, p, t);
    std::vector<double> d = b, q(p);
    NetPoint point;
    points_.rows.residuals(t, 1, b.data(), points_.monitor, q.data(), &point.rss);
    const double own = std::isinf(alpha) ? 0.0 : penalty_.scaled_alpha(alpha);
    for (Index j = 0; j < p; ++j) {
      if (!penalty_.prior().empty()) d[j] -= penalty_.prior()[j];
      if (penalty_.is_pinned(j)) d[j] = 0.0;
      if (d[j] == 0.0) continue;
      point.features.push_back(j);
      point.values.push_back(d[j]);
      point.penalty += own * penalty_[j].l2 * (d[j] * d[j] / 2);
    }
    point.rounds = info.n_iter;
    point.finished = info.status == Status::converged;
    point.violation = info.optimality;
    if (own == 0.0) {
      point.gap = without_penalty(info);
      return point;
    }
    NetPenalty::Space space;
    const auto terms = penalty_.at(own, space);
    std::fill(space.l1.begin(), space.l1.end(), 0.0);
    point.gap = squared_loss_gap(point.rss, d.data(), q.data(), p, terms).gap;
    return point;
  }

 private:
  // With g the gradient and K the normal equations, of which C is the equilibrated matrix,
  // g' K^-1 g / 2 is at most p optimality^2 (2 |y|)^2 / (2 rcond(C)).
  double without_penalty(const SolveInfo& info) const {
    const double p = static_cast<double>(penalty_.n_features());
    const double rcond = std::max(info.rcond, epsilon);
    return 2.0 * p * info.optimality * info.optimality / rcond * total_;
  }

  const RidgePoints& points_;
  NetPenalty penalty_;
  double total_ = 0.0;  // sum w^ (y^ - mean)^2
};

// The intercept and the unpenalised features alone: where there are none of these, prior means.
void fit_null(const RidgePoints& points, const NetPenalty& penalty, std::span<double> coef,
              std::span<double> intercept) {
  const auto& terms = points.frame.terms;
  if (!penalty.excludes_zero() &&
      std::ranges::any_of(terms.factors, [](double f) { return f == 0.0; })) {
    const double alpha = infinity;
    if (points.fit({&alpha, 1}, coef, intercept).status == Status::interrupted) {
      throw Interrupted{};
    }
  } else if (terms.prior.empty()) {
    std::ranges::fill(coef, 0.0);
  } else {
    std::ranges::copy(terms.prior, coef.begin());
  }
}

// Sums over targets of what the points from `first` on are measured by.
void join_targets(std::size_t first, ElasticNetPaths& paths) {
  auto& targets = paths.targets;
  std::size_t end = targets[0].alphas.size();
  double null_objective = 0.0;
  for (const auto& path : targets) {
    end = std::min(end, path.alphas.size());
    null_objective += path.null_objective;
  }
  for (std::size_t k = first; k < end; ++k) {
    double objective = 0.0, rss = 0.0, gap = 0.0, violation = 0.0;
    bool converged = true;
    std::set<std::int64_t> active;
    for (const auto& path : targets) {
      objective += path.objective[k];
      rss += path.rss[k];
      gap += path.gap[k] * path.objective[k];
      violation = std::max(violation, path.violation[k]);
      converged = converged && path.converged[k] != 0;
      active.insert(path.features.begin() + path.starts[k],
                    path.features.begin() + path.starts[k + 1]);
    }
    for (auto& path : targets) {
      path.objective[k] = objective;
      path.rss[k] = rss;
      path.gap[k] = objective > 0.0 ? gap / objective : 0.0;
      path.violation[k] = violation;
      path.converged[k] = converged ? 1 : 0;
      path.n_active[k] = static_cast<std::int64_t>(active.size());
    }
  }
  for (auto& path : targets) path.null_objective = null_objective;
}

}  // namespace

void append_ridge_points(const RidgePoints& points, std::span<const double> alphas,
                         const ElasticNetOptions& options, ElasticNetPaths& paths) {
  const auto n_targets = static_cast<Index>(paths.targets.size());
  std::vector<RidgePoint> targets;
  std::vector<PathWriter> writers;
  for (Index t = 0; t < n_targets; ++t) targets.emplace_back(points, t);
  const Index p = targets[0].penalty().n_features();
  std::vector<double> coef(n_targets * p), intercept(n_targets);
  fit_null(points, targets[0].penalty(), coef, intercept);
  const NetLimits limits{options.tol, options.max_features};
  const auto first = paths.targets[0].alphas.size();
  for (Index t = 0; t < n_targets; ++t) {
    const double rss = targets[t].measure_null(coef.data() + t * p);
    writers.emplace_back(points.frame, targets[t].penalty(), limits, rss, paths.targets[t]);
  }
  for (const double alpha : alphas) {
    const auto info = points.fit({&alpha, 1}, coef, intercept);
    if (info.status == Status::interrupted) throw Interrupted{};
    for (Index t = 0; t < n_targets; ++t) {
      if (paths.targets[t].stopped_early) continue;
      const auto point = targets[t].measure(coef.data() + t * p, alpha, info);
      writers[t].add_fit(alpha, point, {coef.data() + t * p, static_cast<std::size_t>(p)},
                         intercept[t]);
    }
  }
  if (options.group_targets) join_targets(first, paths);
}

}  // namespace elltwo
