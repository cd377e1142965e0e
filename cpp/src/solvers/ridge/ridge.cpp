#include "solvers/ridge/ridge.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "parallel/interruption.hpp"
#include "parallel/n_threads.hpp"
#include "solvers/ridge/dual.hpp"
#include "solvers/ridge/primal.hpp"
#include "solvers/ridge/validate.hpp"
#include "solvers/shared/results.hpp"

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
SolveInfo fit_groups(Problem<T>& problem, KnownProducts<T> known, std::span<double> coef,
                     std::span<double> intercept) {
  SolveInfo info;
  bool first = true;
  const auto fit_all = [&](auto& solver, const auto& source) {
    for (const auto& group : problem.groups()) {
      const auto fit = solver.fit(group);
      info = first ? fit.info : worse_of(info, fit.info);
      first = false;
      problem.write_result(group, fit, source.means(), coef, intercept);
    }
  };
  if (problem.has_rows() && solvable_features(problem) > problem.n_samples()) {
    const auto products =
        worth_mixing(problem, problem.n_samples()) ? Products::mixed : Products::as_data;
    std::optional<DualSystem<T>> own;
    auto& system = known.dual != nullptr ? *known.dual : own.emplace(problem, products);
    DualRidge<T> dual(system);
    fit_all(dual, system);
    return info;
  }
  PrimalRidge<T> primal(problem);
  if (known.moments != nullptr) primal.data().adopt(*known.moments);
  else primal.data().compute();
  fit_all(primal, primal.data());
  return info;
}

}  // namespace

template <Real T>
SolveInfo ridge_from_products(const RidgeData<T>& data, KnownProducts<T> known,
                              const RidgeOptions& options, Monitor& monitor, std::span<double> coef,
                              std::span<double> intercept) {
  if (options.solver == SolverChoice::cg) {
    throw std::invalid_argument(
        "solver must be 'auto', 'cholesky' or 'svd' where X is dense, got 'cg'");
  }
  validate(data, options);
  Problem<T> problem = known.units != nullptr ? Problem<T>(data, options, monitor, *known.units)
                                              : Problem<T>(data, options, monitor);
  SolveInfo info = fit_groups(problem, known, coef, intercept);
  const Index rows = problem.has_rows() ? data.x.rows : data.x.cols;
  const double work = static_cast<double>(rows) * data.x.cols * std::min(rows, data.x.cols);
  info.n_threads = threads_for(options.n_threads, work);
  return info;
}

template <Real T>
SolveInfo ridge(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor,
                std::span<double> coef, std::span<double> intercept) {
  return fit_of({coef, data.x.cols, intercept}, [&] {
    return ridge_from_products<T>(data, {}, options, monitor, coef, intercept);
  });
}

template SolveInfo ridge_from_products<double>(const RidgeData<double>&, KnownProducts<double>,
                                               const RidgeOptions&, Monitor&, std::span<double>,
                                               std::span<double>);
template SolveInfo ridge_from_products<float>(const RidgeData<float>&, KnownProducts<float>,
                                              const RidgeOptions&, Monitor&, std::span<double>,
                                              std::span<double>);
template SolveInfo ridge<double>(const RidgeData<double>&, const RidgeOptions&, Monitor&,
                                 std::span<double>, std::span<double>);
template SolveInfo ridge<float>(const RidgeData<float>&, const RidgeOptions&, Monitor&,
                                std::span<double>, std::span<double>);

}  // namespace elltwo
