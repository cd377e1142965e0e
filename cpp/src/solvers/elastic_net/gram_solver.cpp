#include "solvers/elastic_net/gram_solver.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr double null_tolerance = 1e-12;

}  // namespace

GramSolver::GramSolver(const ScaledMoments& moments, NetFrame frame,
                       const std::vector<char>& pinned, const GramOptions& options,
                       const NetResiduals* rows, Monitor& monitor)
    : moments_(moments),
      frame_(std::move(frame)),
      options_(options),
      rows_(rows),
      monitor_(monitor) {
  for (Index t = 0; t < moments.n_targets; ++t) {
    targets_.push_back({NetPenalty(frame_.terms, frame_.units, pinned, t)});
  }
}

NetNullModel GramSolver::null_model(Index t) {
  auto& target = targets_[t];
  const auto& penalty = target.penalty;
  const Index p = penalty.n_features();
  target.linear = linear_term(moments_, t, penalty.prior());
  std::vector<double> d(p, 0.0);
  std::vector<Index> free;
  for (const Index j : penalty.movable()) {
    if (penalty.is_unpenalised(j)) free.push_back(j);
  }
  auto q = target.linear.c;
  if (!free.empty()) {
    Slots slots;
    fill_slots(moments_, free, penalty, target.linear.c, slots);
    FaceSolver faces(slots, monitor_);
    static_cast<void>(faces.solve(1.0, null_tolerance));
    for (std::size_t s = 0; s < free.size(); ++s) {
      const Index i = free[s];
      d[i] = faces.point()[s];
      for (Index j = 0; j < p && d[i] != 0.0; ++j) q[j] -= d[i] * moments_.xx(i, j);
    }
  }
  target.null.total = target.linear.total;
  target.null.rss = residual_square(target.linear, d.data(), q.data());
  for (const Index j : penalty.movable()) {
    const double size = std::sqrt(moments_.gram(j, j)) * std::sqrt(target.linear.total);
    if (std::abs(q[j]) <= null_slope_rounding * size) q[j] = 0.0;
  }
  target.null.alpha_max = penalty.alpha_max(q.data());
  return target.null;
}

void GramSolver::solve_target(Target& target, std::span<const double> alphas,
                              std::span<const double> start, PathWriter& writer, Monitor& monitor,
                              PathCounts& counts) const {
  GramPath path({moments_, target.penalty, target.linear, target.null.alpha_max, rows_},
                options_.max_iter, monitor, writer);
  if (!start.empty()) path.begin(start_point(frame_, target.penalty, start));
  bool more = true;
  for (std::size_t k = 0; k < alphas.size() && more; ++k) {
    more = path.advance(alphas[k]);
    monitor.finish();
  }
  if (more) path.finish();
  counts.add(path.counts());
}

void GramSolver::solve(std::span<const double> alphas, std::span<const double> start,
                       std::vector<PathWriter>& writers) {
  const auto n_targets = static_cast<Index>(targets_.size());
  const double p = static_cast<double>(moments_.n_features);
  const double work = static_cast<double>(alphas.size()) * static_cast<double>(n_targets) * p * p;
  n_threads_ = n_targets > 1 ? threads_for(options_.n_threads, work) : 1;
  std::vector<PathCounts> counts(n_targets);
  Relay relay(monitor_);
  TaskCounter tasks(n_targets);
  run_team(n_threads_, [&](TeamMember&) {
    auto own = relay.monitor();
    for (Index t = 0; tasks.next(t);) {
      relay.check();
      solve_target(targets_[t], alphas, start, writers[t], own, counts[t]);
    }
  });
  for (const auto& one : counts) counts_.add(one);
}

void GramSolver::report(ElasticNetInfo& info) const {
  info.solver = Solver::active_set;
  info.reason = rows_ != nullptr ? "n >= p: faces of the Gram matrix of all features"
                                 : "moments: faces of the Gram matrix of all features";
  info.n_passes += counts_.passes;
  info.n_ever = std::max(info.n_ever, counts_.ever);
  info.n_exchanges += counts_.exchanges;
  info.n_monotone += counts_.monotone;
  info.n_threads = std::max(info.n_threads, n_threads_);
}

}  // namespace elltwo
