#include "elltwo/elastic_net_batch.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "parallel/n_threads.hpp"
#include "solvers/ridge_batch/problem.hpp"
#include "solvers/ridge_batch/team.hpp"
#include "solvers/shared/results.hpp"

namespace elltwo {
namespace {

ElasticNetBatchInfo batch_info_of_both(const ElasticNetBatchInfo& a, const ElasticNetBatchInfo& b) {
  ElasticNetBatchInfo both = a;
  if (a.status == Status::converged) both.status = b.status;
  if (b.n_passes > a.n_passes) {
    both.solver = b.solver;
    both.reason = b.reason;
  }
  if (*a.fallback == '\0') both.fallback = b.fallback;
  if (b.gap > a.gap) both.worst = b.worst;
  both.gap = std::max(a.gap, b.gap);
  both.violation = std::max(a.violation, b.violation);
  both.objective += b.objective;
  both.null_objective += b.null_objective;
  both.alpha_max = std::max(a.alpha_max, b.alpha_max);
  both.n_active += b.n_active;
  both.n_iter += b.n_iter;
  both.n_passes = std::max(a.n_passes, b.n_passes);
  both.n_ever = std::max(a.n_ever, b.n_ever);
  both.n_exchanges += b.n_exchanges;
  both.n_monotone += b.n_monotone;
  return both;
}

ElasticNetBatchInfo net_info_of_problem(Index k, const ElasticNetPaths& paths) {
  const auto& call = paths.info;
  ElasticNetBatchInfo info{.status = call.status,
                           .solver = call.solver,
                           .reason = call.reason,
                           .fallback = call.fallback,
                           .n_passes = call.n_passes,
                           .n_ever = call.n_ever,
                           .n_exchanges = call.n_exchanges,
                           .n_monotone = call.n_monotone,
                           .worst = k};
  for (const auto& path : paths.targets) {
    info.gap = std::max(info.gap, path.gap[0]);
    info.violation = std::max(info.violation, path.violation[0]);
    info.objective += path.objective[0];
    info.null_objective += path.null_objective;
    info.alpha_max = std::max(info.alpha_max, path.alpha_max);
    info.n_active += path.n_active[0];
    info.n_iter += path.n_iter[0];
  }
  return info;
}

/// Fits problems on one thread.
template <Real T>
class NetBatchWorker {
 public:
  NetBatchWorker(const BatchData<T>& data, const Box& box, const ElasticNetOptions& options,
                 const ElasticNetBatchResults& results)
      : data_(data),
        box_(box),
        options_{.l1_ratio = options.l1_ratio,
                 .fit_intercept = options.fit_intercept,
                 .tol = options.tol,
                 .max_iter = options.max_iter,
                 .n_threads = 1},
        results_(results),
        problem_(data) {}

  /// Fits problems begin, ..., end - 1. Throws Interrupted.
  ElasticNetBatchInfo run(Index begin, Index end, Monitor& monitor) {
    ElasticNetBatchInfo info = fit(begin, monitor);
    for (Index k = begin + 1; k < end; ++k) info = batch_info_of_both(info, fit(k, monitor));
    return info;
  }

 private:
  ElasticNetBatchInfo fit(Index k, Monitor& monitor) {
    check(monitor);
    return with_named_problem(data_, k, [&] {
      const auto paths = elastic_net(problem_.take(k), box_, options_, monitor);
      if (paths.info.status == Status::interrupted) throw Interrupted{};
      return record(k, paths);
    });
  }

  ElasticNetBatchInfo record(Index k, const ElasticNetPaths& paths) {
    const Index p = data_.x.cols, n_targets = data_.y.cols;
    const auto coef = results_.coef.subspan(k * n_targets * p, n_targets * p);
    const auto intercept = results_.intercept.subspan(k * n_targets, n_targets);
    std::ranges::fill(coef, 0.0);
    for (Index t = 0; t < n_targets; ++t) {
      const auto& path = paths.targets[t];
      for (std::size_t i = 0; i < path.features.size(); ++i) {
        coef[t * p + path.features[i]] = path.values[i];
      }
      intercept[t] = path.intercept[0];
    }
    require_finite_results({coef, p, intercept});
    const auto info = net_info_of_problem(k, paths);
    if (!results_.gap.empty()) results_.gap[k] = info.gap;
    if (!results_.violation.empty()) results_.violation[k] = info.violation;
    if (!results_.n_active.empty()) results_.n_active[k] = info.n_active;
    return info;
  }

  const BatchData<T>& data_;
  const Box& box_;
  ElasticNetOptions options_;
  const ElasticNetBatchResults& results_;
  BatchProblem<T> problem_;
};

// Operations of all problems together, about: their moments, and a few factors of faces.
template <Real T>
double net_batch_work(const BatchData<T>& data) {
  const double rows = data.starts.empty()
                          ? static_cast<double>(data.n_problems) * static_cast<double>(data.x.rows)
                          : static_cast<double>(data.starts.back());
  const double p = static_cast<double>(data.x.cols), t = static_cast<double>(data.y.cols);
  const double each = 2e3 * t + p * p * (p + t);
  return rows * (p + t + 2.0) * (p + 2.0) + static_cast<double>(data.n_problems) * each;
}

// Number of problems in a chunk, see ridge_batch(). It depends on the shape alone.
template <Real T>
Index net_batch_chunk(const BatchData<T>& data) {
  const double each = net_batch_work(data) / static_cast<double>(data.n_problems);
  return static_cast<Index>(std::ceil(4e5 / each));
}

}  // namespace

template <Real T>
ElasticNetBatchInfo elastic_net_batch(const BatchData<T>& data, const Box& box,
                                      const ElasticNetOptions& options, Monitor& monitor,
                                      const ElasticNetBatchResults& results) {
  validate_batch(data, {.fit_intercept = options.fit_intercept,
                        .tol = options.tol,
                        .max_iter = options.max_iter,
                        .n_threads = options.n_threads});
  ElasticNetBatchInfo info;
  info.tolerance = options.tol;
  if (data.n_problems == 0) return info;
  const Index chunk = net_batch_chunk(data);
  std::vector<ElasticNetBatchInfo> infos((data.n_problems + chunk - 1) / chunk);
  const int n_threads = threads_for(options.n_threads, net_batch_work(data));
  const bool done = completed([&] {
    run_batch(data.n_problems, chunk, n_threads, monitor, [&] {
      return [&, worker = NetBatchWorker<T>(data, box, options, results)](Index begin, Index end,
                                                                          Monitor& own) mutable {
        infos[begin / chunk] = worker.run(begin, end, own);
      };
    });
    info = infos.front();
    for (std::size_t c = 1; c < infos.size(); ++c) info = batch_info_of_both(info, infos[c]);
  });
  if (!done) info.status = Status::interrupted;
  info.tolerance = options.tol;
  info.n_threads = n_threads;
  return info;
}

template ElasticNetBatchInfo elastic_net_batch<double>(const BatchData<double>&, const Box&,
                                                       const ElasticNetOptions&, Monitor&,
                                                       const ElasticNetBatchResults&);
template ElasticNetBatchInfo elastic_net_batch<float>(const BatchData<float>&, const Box&,
                                                      const ElasticNetOptions&, Monitor&,
                                                      const ElasticNetBatchResults&);

}  // namespace elltwo
