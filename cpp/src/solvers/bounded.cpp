#include "elltwo/bounded.hpp"

#include <cmath>
#include <memory>

#include "parallel/n_threads.hpp"
#include "solvers/bounded_columns.hpp"
#include "solvers/bounded_descent.hpp"
#include "solvers/bounded_primal.hpp"
#include "solvers/box.hpp"
#include "solvers/validate.hpp"

namespace elltwo {
namespace {

// A coefficient that the penalty pins cannot be moved into the box.
template <Real T>
void require_pinned_inside(const Problem<T>& problem, const Box& box) {
  for (const auto& group : problem.groups()) {
    for (Index j = 0; j < problem.n_features(); ++j) {
      if (!std::isinf(problem.raw_penalty(j, group.alpha))) continue;
      for (const Index t : group.targets) require_inside(box, j, problem.prior(t, j));
    }
  }
}

template <Real T>
std::unique_ptr<BoundedMethod<T>> method_for(const RidgeData<T>& data, const RidgeOptions& options,
                                             Monitor& monitor) {
  if (data.x.cols > data.x.rows) return std::make_unique<BoundedColumns<T>>(data, options, monitor);
  return std::make_unique<BoundedPrimal<T>>(data, options, monitor);
}

template <Real T>
SolveInfo fit_targets(BoundedMethod<T>& method, const Box& box, const RidgeOptions& options,
                      std::span<double> coef, std::span<double> intercept) {
  SolveInfo info;
  bool first = true;
  for (const auto& group : method.problem().groups()) {
    for (const Index t : group.targets) {
      const TargetGroup target{group.alpha, {t}};
      auto fit = BoundedDescent<T>(method, target, box, options.max_iter).fit();
      fit.info.tolerance = options.tol;
      if (fit.info.status == Status::converged && !(fit.info.optimality <= options.tol)) {
        fit.info.status = Status::max_iter_reached;
      }
      info = first ? fit.info : worse_of(info, fit.info);
      first = false;
      if (fit.info.status == Status::interrupted) return info;
      const auto& means = method.means();
      method.problem().write_result(target, fit, means.weight, means.x_mean.data(),
                                    means.y_mean.data(), coef, intercept);
    }
  }
  return info;
}

}  // namespace

template <Real T>
SolveInfo ridge_bounded(const RidgeData<T>& data, const Box& box, const RidgeOptions& options,
                        Monitor& monitor, std::span<double> coef, std::span<double> intercept) {
  validate(data, options);
  require_box(box, data.x.cols);
  auto inner = options;
  inner.tol = RidgeOptions{}.tol;
  inner.max_iter = RidgeOptions{}.max_iter;
  if (is_unbounded(box)) {
    inner.tol = options.tol;
    return ridge(data, inner, monitor, coef, intercept);
  }
  const auto method = method_for(data, inner, monitor);
  require_pinned_inside(method->problem(), box);
  if (!method->prepare()) return {.status = Status::interrupted};
  SolveInfo info = fit_targets(*method, box, options, coef, intercept);
  const Index p = data.x.cols;
  for (std::size_t i = 0; i < coef.size(); ++i) {
    coef[i] = clipped(box, static_cast<Index>(i) % p, coef[i]) + 0.0;  // no -0
  }
  const double work = static_cast<double>(data.x.rows) * p * std::min(data.x.rows, p);
  info.n_threads = threads_for(options.n_threads, work);
  return info;
}

template SolveInfo ridge_bounded<double>(const RidgeData<double>&, const Box&, const RidgeOptions&,
                                         Monitor&, std::span<double>, std::span<double>);
template SolveInfo ridge_bounded<float>(const RidgeData<float>&, const Box&, const RidgeOptions&,
                                        Monitor&, std::span<double>, std::span<double>);

}  // namespace elltwo
