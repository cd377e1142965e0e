#include "elltwo/ridge.hpp"

#include <algorithm>
#include <stdexcept>

#include "parallel/n_threads.hpp"
#include "solvers/dual.hpp"
#include "solvers/primal.hpp"
#include "solvers/ridge_moments.hpp"
#include "solvers/validate.hpp"

namespace elltwo {
namespace {

template <Real T>
Index solvable_features(const Problem<T>& problem) {
  Index count = 0;
  for (Index j = 0; j < problem.n_features(); ++j) {
    if (problem.raw_penalty(j, 1.0) < infinity) ++count;
  }
  return count;
}

template <Real T>
SolveInfo fit_groups(Problem<T>& problem, std::optional<Moments> moments, std::span<double> coef,
                     std::span<double> intercept) {
  SolveInfo info;
  bool first = true;
  const auto take = [&](const TargetGroup& group, const GroupFit& fit, double weight,
                        const double* x_mean, const double* y_mean) {
    info = first ? fit.info : worse_of(info, fit.info);
    first = false;
    if (fit.info.status == Status::interrupted) return false;
    problem.write_result(group, fit, weight, x_mean, y_mean, coef, intercept);
    return true;
  };
  if (solvable_features(problem) > problem.n_samples()) {
    DualRidge<T> dual(problem);
    for (const auto& group : problem.groups()) {
      const auto fit = dual.fit(group);
      if (!take(group, fit, dual.weight(), dual.x_mean(), dual.y_mean())) break;
    }
    return info;
  }
  PrimalRidge<T> primal(problem);
  if (moments.has_value()) {
    primal.adopt(std::move(*moments));
  } else if (!primal.prepare()) {
    info.status = Status::interrupted;
    return info;
  }
  for (const auto& group : problem.groups()) {
    const auto fit = primal.fit(group);
    const auto& m = primal.moments();
    if (!take(group, fit, m.weight, m.x_mean.data(), m.y_mean.data())) break;
  }
  return info;
}

}  // namespace

template <Real T>
SolveInfo ridge_from_moments(const RidgeData<T>& data, std::optional<Moments> moments,
                             const RidgeOptions& options, Monitor& monitor, std::span<double> coef,
                             std::span<double> intercept) {
  if (options.solver == SolverChoice::cg) {
    throw std::invalid_argument(
        "solver must be 'auto', 'cholesky' or 'svd' where X is dense, got 'cg'");
  }
  validate(data, options);
  Problem<T> problem(data, options, monitor);
  SolveInfo info = fit_groups(problem, std::move(moments), coef, intercept);
  const double work =
      static_cast<double>(data.x.rows) * data.x.cols * std::min(data.x.rows, data.x.cols);
  info.n_threads = threads_for(options.n_threads, work);
  return info;
}

template <Real T>
SolveInfo ridge(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor,
                std::span<double> coef, std::span<double> intercept) {
  return ridge_from_moments(data, std::nullopt, options, monitor, coef, intercept);
}

template SolveInfo ridge_from_moments<double>(const RidgeData<double>&, std::optional<Moments>,
                                              const RidgeOptions&, Monitor&, std::span<double>,
                                              std::span<double>);
template SolveInfo ridge_from_moments<float>(const RidgeData<float>&, std::optional<Moments>,
                                             const RidgeOptions&, Monitor&, std::span<double>,
                                             std::span<double>);
template SolveInfo ridge<double>(const RidgeData<double>&, const RidgeOptions&, Monitor&,
                                 std::span<double>, std::span<double>);
template SolveInfo ridge<float>(const RidgeData<float>&, const RidgeOptions&, Monitor&,
                                std::span<double>, std::span<double>);

}  // namespace elltwo
