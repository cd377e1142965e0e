#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

#include "elltwo/bounded.hpp"
#include "parallel/interruption.hpp"
#include "parallel/n_threads.hpp"
#include "solvers/coordinate/column_quadratic.hpp"
#include "solvers/coordinate/gram_quadratic.hpp"
#include "solvers/coordinate/sparse_quadratic.hpp"
#include "solvers/ridge/validate.hpp"
#include "solvers/ridge_bounded/descent.hpp"
#include "solvers/ridge_sparse/ridge_sparse.hpp"
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

// The box in scaled coordinates, pinned coefficients at their prior means.
template <Real T>
ScaledBox scaled_box(const Problem<T>& problem, const TargetGroup& target, const Box& box) {
  ScaledBox scaled;
  scaled.lower.reserve(problem.n_features());
  scaled.upper.reserve(problem.n_features());
  const Index t = target.targets[0];
  for (Index j = 0; j < problem.n_features(); ++j) {
    const bool pinned = std::isinf(problem.penalty(j, target.alpha));
    const double x_scale = problem.x_scale(j), y_scale = problem.y_scale(t);
    const double prior = problem.prior(t, j);
    const double lower = box.lower.empty() ? -infinity : box.lower[j] / x_scale * y_scale;
    const double upper = box.upper.empty() ? infinity : box.upper[j] / x_scale * y_scale;
    scaled.lower.push_back(pinned ? prior : lower);
    scaled.upper.push_back(pinned ? prior : upper);
  }
  return scaled;
}

// The prior means, or the bounds nearest to them.
template <Real T>
std::vector<double> start_in(const ScaledBox& box, const Problem<T>& problem, Index target) {
  std::vector<double> b;
  for (Index j = 0; j < problem.n_features(); ++j) {
    b.push_back(std::min(std::max(problem.prior(target, j), box.lower[j]), box.upper[j]));
  }
  return b;
}

template <class Quadratic>
SolveInfo fit_targets(Quadratic& quadratic, const Box& box, const RidgeOptions& options,
                      std::span<double> coef, std::span<double> intercept) {
  SolveInfo info;
  bool first = true;
  const auto& problem = quadratic.problem();
  for (const auto& group : problem.groups()) {
    for (const Index t : group.targets) {
      const TargetGroup target{group.alpha, {t}};
      const auto scaled = scaled_box(problem, target, box);
      quadratic.begin(target, start_in(scaled, problem, t));
      auto fit = BoundedDescent(quadratic, scaled, options.max_iter, problem.monitor()).fit();
      fit.centre = quadratic.centre();
      fit.info.tolerance = options.tol;
      if (!(fit.info.optimality <= options.tol)) fit.info.status = Status::max_iter_reached;
      info = first ? fit.info : worse_of(info, fit.info);
      first = false;
      problem.write_result(target, fit, quadratic.means(), coef, intercept);
    }
  }
  return info;
}

template <class Quadratic>
SolveInfo fit_in_box(Quadratic& quadratic, const Box& box, const RidgeOptions& options,
                     std::span<double> coef, std::span<double> intercept) {
  require_pinned_inside(quadratic.problem(), box);
  quadratic.prepare();
  const SolveInfo info = fit_targets(quadratic, box, options, coef, intercept);
  const Index p = quadratic.problem().n_features();
  for (std::size_t i = 0; i < coef.size(); ++i) {
    coef[i] = clipped(box, static_cast<Index>(i) % p, coef[i]) + 0.0;  // no -0
  }
  return info;
}

// The options of the fits of free coefficients.
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
  const auto fit = [&](auto&& quadratic) {
    return fit_in_box(quadratic, box, options, coef, intercept);
  };
  SolveInfo info = info_of([&] {
    return data.x.cols > data.x.rows ? fit(ColumnQuadratic<T>(data, inner, monitor))
                                     : fit(GramQuadratic<T>(data, inner, monitor));
  });
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
    return info_of(
        [&] { return fit_rows(std::move(rows), shaped, inner, monitor, coef, intercept); });
  }
  // Conjugate gradients stop at their tolerance, which must not be all that the whole fit may miss.
  inner.tol = std::clamp(0.1 * options.tol, tightest_face, inner.tol);
  std::vector<double> shift;
  if (options.fit_intercept && !options.penalize_intercept) shift = shift_full_columns(rows);
  return info_of([&] {
    SparseQuadratic<T> quadratic(std::move(rows), shaped, inner, monitor);
    SolveInfo info = fit_in_box(quadratic, box, options, coef, intercept);
    unshift_intercepts(shift, coef, intercept);
    info.n_threads = quadratic.n_threads();
    return info;
  });
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
