#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>

#include "elltwo/bounded.hpp"
#include "parallel/n_threads.hpp"
#include "solvers/coordinate/column_quadratic.hpp"
#include "solvers/coordinate/gram_quadratic.hpp"
#include "solvers/coordinate/sparse_quadratic.hpp"
#include "solvers/ridge/validate.hpp"
#include "solvers/ridge_bounded/descent.hpp"
#include "solvers/ridge_sparse/ridge_sparse_fit.hpp"
#include "solvers/shared/box.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

constexpr double tightest_face = 1e-13;

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

template <Real T>
SolveInfo fit_in_box(BoundedMethod<T>& method, const Box& box, const RidgeOptions& options,
                     std::span<double> coef, std::span<double> intercept) {
  require_pinned_inside(method.problem(), box);
  if (!method.prepare()) return {.status = Status::interrupted};
  const SolveInfo info = fit_targets(method, box, options, coef, intercept);
  const Index p = method.problem().n_features();
  for (std::size_t i = 0; i < coef.size(); ++i) {
    coef[i] = clipped(box, static_cast<Index>(i) % p, coef[i]) + 0.0;  // no -0
  }
  return info;
}

// Of faces.
RidgeOptions inner_options(const RidgeOptions& options) {
  auto inner = options;
  inner.tol = RidgeOptions{}.tol;
  inner.max_iter = RidgeOptions{}.max_iter;
  return inner;
}

}  // namespace

template <Real T>
SolveInfo ridge_bounded(const RidgeData<T>& data, const Box& box, const RidgeOptions& options,
                        Monitor& monitor, std::span<double> coef, std::span<double> intercept) {
  validate(data, options);
  require_box(box, data.x.cols);
  auto inner = inner_options(options);
  if (is_unbounded(box)) {
    inner.tol = options.tol;
    return ridge(data, inner, monitor, coef, intercept);
  }
  const auto method = method_for(data, inner, monitor);
  SolveInfo info = fit_in_box(*method, box, options, coef, intercept);
  const double work =
      static_cast<double>(data.x.rows) * data.x.cols * std::min(data.x.rows, data.x.cols);
  info.n_threads = threads_for(options.n_threads, work);
  return info;
}

template <Real T>
SolveInfo sparse_ridge_bounded(const SparseView<T>& x, const RidgeData<T>& data, const Box& box,
                               const RidgeOptions& options, Monitor& monitor,
                               std::span<double> coef, std::span<double> intercept) {
  RidgeData<T> shaped = data;
  shaped.x = {nullptr, x.rows, x.cols, 0, 0};
  validate(shaped, options);
  require_box(box, x.cols);
  if (x.rows > std::numeric_limits<std::int32_t>::max()) {  // descent has X by columns
    throw std::invalid_argument("X must have fewer than 2^31 rows for bounds, got " +
                                std::to_string(x.rows));
  }
  auto inner = inner_options(options);
  auto rows = checked_rows(x, options.n_threads);
  if (is_unbounded(box)) {
    inner.tol = options.tol;
    return fit_rows(std::move(rows), shaped, inner, monitor, coef, intercept);
  }
  // Conjugate gradients stop at their tolerance, which must not be all that the whole fit may miss.
  inner.tol = std::clamp(0.1 * options.tol, tightest_face, inner.tol);
  std::vector<double> shift;
  if (options.fit_intercept && !options.penalize_intercept) shift = shift_full_columns(rows);
  BoundedSparse<T> method(std::move(rows), shaped, inner, monitor);
  SolveInfo info = fit_in_box(method, box, options, coef, intercept);
  unshift_intercepts(shift, coef, intercept);
  info.n_threads = method.n_threads();
  return info;
}

template SolveInfo ridge_bounded<double>(const RidgeData<double>&, const Box&, const RidgeOptions&,
                                         Monitor&, std::span<double>, std::span<double>);
template SolveInfo ridge_bounded<float>(const RidgeData<float>&, const Box&, const RidgeOptions&,
                                        Monitor&, std::span<double>, std::span<double>);
template SolveInfo sparse_ridge_bounded<double>(const SparseView<double>&, const RidgeData<double>&,
                                                const Box&, const RidgeOptions&, Monitor&,
                                                std::span<double>, std::span<double>);
template SolveInfo sparse_ridge_bounded<float>(const SparseView<float>&, const RidgeData<float>&,
                                               const Box&, const RidgeOptions&, Monitor&,
                                               std::span<double>, std::span<double>);

}  // namespace elltwo
