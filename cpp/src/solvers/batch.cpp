#include "elltwo/batch.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "parallel/n_threads.hpp"
#include "solvers/batch_problem.hpp"
#include "solvers/batch_team.hpp"
#include "solvers/outcome.hpp"

namespace elltwo {
namespace {

/// What one member of the team fits problems with.
template <Real T>
class BatchWorker {
 public:
  BatchWorker(const BatchData<T>& data, const RidgeOptions& options, const BatchResults& results)
      : data_(data), options_(options), results_(results), problem_(data) {
    options_.n_threads = 1;
  }

  /// The worst of problems begin, ..., end - 1.
  SolveInfo run(Index begin, Index end, Monitor& monitor) {
    SolveInfo info;
    for (Index k = begin; k < end; ++k) {
      const auto one = fit(k, monitor);
      info = k == begin ? one : worse_of(info, one);
      if (info.status == Status::interrupted) break;
      if (!results_.optimality.empty()) {
        results_.optimality[static_cast<std::size_t>(k)] = one.optimality;
      }
      if (!results_.rcond.empty()) results_.rcond[static_cast<std::size_t>(k)] = one.rcond;
    }
    return info;
  }

 private:
  SolveInfo fit(Index k, Monitor& monitor) {
    const auto& problem = problem_.take(k);
    const auto t = static_cast<std::size_t>(problem.y.cols);
    const auto p = static_cast<std::size_t>(problem.x.cols);
    const auto coef = results_.coef.subspan(static_cast<std::size_t>(k) * t * p, t * p);
    const auto intercept = results_.intercept.subspan(static_cast<std::size_t>(k) * t, t);
    SolveInfo info{.tolerance = options_.tol};
    if constexpr (std::same_as<T, double>) {
      const bool plain = t == 1 && problem.penalty_factors.empty() && problem.prior_mean.empty() &&
                         problem.sample_weight.empty() && !options_.penalize_intercept;
      if (plain && ridge_small(problem.x, problem.y, problem.alpha[0], options_.fit_intercept,
                               coef.data(), intercept.data(), info)) {
        if (info.optimality <= options_.tol) return info;
      }
    }
    try {
      return ridge(problem, options_, monitor, coef, intercept);
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(naming_problem(data_, k, error.what()));
    }
  }

  const BatchData<T>& data_;
  RidgeOptions options_;
  const BatchResults& results_;
  BatchProblem<T> problem_;
};

template <Real T>
double work_of(const BatchData<T>& data) {
  const double rows = data.starts.empty()
                          ? static_cast<double>(data.n_problems) * static_cast<double>(data.x.rows)
                          : static_cast<double>(data.starts.back());
  const double p = static_cast<double>(data.x.cols), t = static_cast<double>(data.y.cols);
  return (rows + static_cast<double>(data.n_problems) * p) * (p + t + 2.0) * (p + 2.0);
}

// Chunks long enough to be worth handing out and short enough to go round; of the shape alone.
template <Real T>
Index chunk_of(const BatchData<T>& data) {
  const double each = work_of(data) / static_cast<double>(data.n_problems);
  const auto wanted = static_cast<Index>(std::ceil(4e5 / each / 8.0)) * 8;
  return std::min<Index>(wanted, std::max<Index>(8, data.n_problems / 64 * 8));
}

}  // namespace

template <Real T>
SolveInfo ridge_batch(const BatchData<T>& data, const RidgeOptions& options, Monitor& monitor,
                      const BatchResults& results) {
  validate_batch(data, options);
  SolveInfo info{.tolerance = options.tol};
  if (data.n_problems == 0) return info;
  const Index chunk = chunk_of(data);
  std::vector<SolveInfo> infos(static_cast<std::size_t>((data.n_problems + chunk - 1) / chunk));
  const int n_threads = threads_for(options.n_threads, work_of(data));
  const bool done = run_batch(data.n_problems, chunk, n_threads, monitor, [&] {
    return [&, worker = BatchWorker<T>(data, options, results)](Index begin, Index end,
                                                                Monitor& own) mutable {
      infos[static_cast<std::size_t>(begin / chunk)] = worker.run(begin, end, own);
    };
  });
  if (done) {
    info = infos.front();
    for (const auto& other : infos) info = worse_of(info, other);
  } else {
    info.status = Status::interrupted;
  }
  info.n_threads = n_threads;
  return info;
}

template SolveInfo ridge_batch<double>(const BatchData<double>&, const RidgeOptions&, Monitor&,
                                       const BatchResults&);
template SolveInfo ridge_batch<float>(const BatchData<float>&, const RidgeOptions&, Monitor&,
                                      const BatchResults&);

}  // namespace elltwo
