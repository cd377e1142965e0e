#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>

#include "elltwo/batch.hpp"
#include "parallel/n_threads.hpp"
#include "solvers/ridge/outcome.hpp"
#include "solvers/ridge_batch/problem.hpp"
#include "solvers/ridge_batch/small.hpp"
#include "solvers/ridge_batch/team.hpp"

namespace elltwo {
namespace {

/// Fits problems on one thread.
template <Real T>
class BatchWorker {
 public:
  BatchWorker(const BatchData<T>& data, const RidgeOptions& options, const BatchResults& results)
      : data_(data), options_(options), results_(results), problem_(data) {
    options_.n_threads = 1;
    if (SmallBatch<T>::takes(data)) small_ = std::make_unique<SmallBatch<T>>(data, options_);
  }

  /// Fits problems begin, ..., end - 1 and returns the worst of their outcomes. Throws Interrupted.
  SolveInfo run(Index begin, Index end, Monitor& monitor) {
    first_ = begin;
    info_ = {};
    const Index together = small_ ? small_->lanes() : 1;
    for (Index k = begin; k < end; k += together) {
      const Index count = std::min(together, end - k);
      if (small_) small_->run(k, count, problem_);
      for (Index l = 0; l < count; ++l) {
        if (!(small_ && take_small(k, l))) fit(k + l, monitor);
      }
    }
    return info_;
  }

 private:
  double* coef(Index k) const { return results_.coef.data() + k * data_.y.cols * data_.x.cols; }
  double* intercept(Index k) const { return results_.intercept.data() + k * data_.y.cols; }

  bool take_small(Index k, Index l) {
    const double rcond = small_->rcond(l), optimality = small_->optimality(l);
    if (rcond == 0.0 || !(optimality <= options_.tol)) return false;
    small_->write(l, coef(k + l), intercept(k + l));
    record(k + l, {.solver = Solver::cholesky,
                   .reason = small_reason,
                   .optimality = optimality,
                   .tolerance = options_.tol,
                   .rcond = rcond,
                   .rank = data_.x.cols});
    return true;
  }

  void fit(Index k, Monitor& monitor) {
    const auto& problem = problem_.take(k);
    const Index t = problem.y.cols;
    const Index p = problem.x.cols;
    with_named_problem(data_, k, [&] {
      const auto one =
          ridge(problem, options_, monitor, std::span(coef(k), t * p), std::span(intercept(k), t));
      if (one.status == Status::interrupted) throw Interrupted{};
      record(k, one);
    });
  }

  void record(Index k, const SolveInfo& one) {
    info_ = k == first_ ? one : worse_of(info_, one);
    if (!results_.optimality.empty()) results_.optimality[k] = one.optimality;
    if (!results_.rcond.empty()) results_.rcond[k] = one.rcond;
  }

  const BatchData<T>& data_;
  RidgeOptions options_;
  const BatchResults& results_;
  BatchProblem<T> problem_;
  std::unique_ptr<SmallBatch<T>> small_;
  Index first_ = 0;
  SolveInfo info_;  // the worst of problem first_ and the following ones
};

// Operations of all problems together, about.
template <Real T>
double work_of(const BatchData<T>& data) {
  const double rows = data.starts.empty()
                          ? static_cast<double>(data.n_problems) * static_cast<double>(data.x.rows)
                          : static_cast<double>(data.starts.back());
  const double p = static_cast<double>(data.x.cols), t = static_cast<double>(data.y.cols);
  return (rows + static_cast<double>(data.n_problems) * p) * (p + t + 2.0) * (p + 2.0);
}

// Number of problems in a chunk: large enough to outweigh the cost of starting it, small enough for
// all threads to have work. It depends on the shape alone, since problems are solved side by side
// within a chunk.
template <Real T>
Index chunk_of(const BatchData<T>& data) {
  const double each = work_of(data) / static_cast<double>(data.n_problems);
  if (each > 4e6) return 1;
  return static_cast<Index>(std::ceil(4e5 / each / 8.0)) * 8;
}

}  // namespace

template <Real T>
SolveInfo ridge_batch(const BatchData<T>& data, const RidgeOptions& options, Monitor& monitor,
                      const BatchResults& results) {
  validate_batch(data, options);
  SolveInfo info{.tolerance = options.tol};
  if (data.n_problems == 0) return info;
  const Index chunk = chunk_of(data);
  std::vector<SolveInfo> infos((data.n_problems + chunk - 1) / chunk);
  const int n_threads = threads_for(options.n_threads, work_of(data));
  const auto fit_all = [&] {
    run_batch(data.n_problems, chunk, n_threads, monitor, [&] {
      return [&, worker = BatchWorker<T>(data, options, results)](Index begin, Index end,
                                                                  Monitor& own) mutable {
        infos[begin / chunk] = worker.run(begin, end, own);
      };
    });
    info = infos.front();
    for (const auto& other : infos) info = worse_of(info, other);
  };
  if (!completed(fit_all)) info.status = Status::interrupted;
  info.n_threads = n_threads;
  return info;
}

template SolveInfo ridge_batch<double>(const BatchData<double>&, const RidgeOptions&, Monitor&,
                                       const BatchResults&);
template SolveInfo ridge_batch<float>(const BatchData<float>&, const RidgeOptions&, Monitor&,
                                      const BatchResults&);

}  // namespace elltwo
