#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

#include "elltwo/bounded.hpp"
#include "parallel/n_threads.hpp"
#include "solvers/coordinate/column_quadratic.hpp"
#include "solvers/coordinate/gram_quadratic.hpp"
#include "solvers/coordinate/sparse_quadratic.hpp"
#include "solvers/ridge/validate.hpp"
#include "solvers/ridge_bounded/descent.hpp"
#include "solvers/ridge_sparse/ridge_sparse.hpp"
#include "solvers/shared/box.hpp"
#include "solvers/shared/results.hpp"
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
    const double lower = box.lower.empty() ? -infinity : rescaled(box.lower[j], y_scale, x_scale);
    const double upper = box.upper.empty() ? infinity : rescaled(box.upper[j], y_scale, x_scale);
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

// Which coefficients lie strictly within their bounds.
std::vector<Index> interior_of(const std::vector<double>& b, const ScaledBox& box) {
  std::vector<Index> free;
  for (std::size_t j = 0; j < b.size(); ++j) {
    if (box.lower[j] < b[j] && b[j] < box.upper[j]) free.push_back(static_cast<Index>(j));
  }
  return free;
}

/// Where least squares within a box has many solutions, the limit of small penalties: the face that
/// two of them agree on, and on it the limit without bounds.
template <class Quadratic>
class LimitInBox {
 public:
  LimitInBox(Quadratic& quadratic, const ScaledBox& box, Index target, int max_sweeps)
      : quadratic_(quadratic), box_(box), target_(target), max_sweeps_(max_sweeps) {}

  /// Replaces a fit, whose point is the current one, unless it is the only solution or the limit is
  /// not found within `tol`.
  void replace(GroupFit& fit, double tol) {
    const std::vector<double> point = quadratic_.point();
    const auto unheld = descent().unheld(held_by);
    std::vector<double> z = point;
    SolveInfo info;
    if (unheld.empty()) return;
    quadratic_.minimise(unheld, z.data(), info);
    if (info.rank == static_cast<Index>(unheld.size())) return;
    GroupFit limit;
    if (find(point, limit) && limit.info.optimality <= std::max(tol, fit.info.optimality)) {
      limit.info.n_iter += fit.info.n_iter;
      fit = std::move(limit);
    } else {
      quadratic_.begin({0.0, {target_}}, point);
      quadratic_.refresh();
    }
  }

 private:
  static constexpr double held_by = 1e-9;        // gradient that keeps a coefficient at its bound
  static constexpr double first_penalty = 1e-5;  // parts of the curvature
  static constexpr double step_of_penalty = 1e-2;
  static constexpr int most_penalties = 4;

  BoundedDescent descent() {
    return {quadratic_, box_, max_sweeps_, quadratic_.problem().monitor()};
  }

  // The median of curvature over penalty at alpha = 1; 0 if nothing is penalised.
  double unit() const {
    std::vector<double> ratios;
    for (std::size_t j = 0; j < box_.lower.size(); ++j) {
      const double penalty = quadratic_.problem().penalty(static_cast<Index>(j), 1.0);
      const double curvature = quadratic_.curvature(static_cast<Index>(j));
      if (penalty > 0.0 && std::isfinite(penalty) && curvature > 0.0)
        ratios.push_back(curvature / penalty);
    }
    if (ratios.empty()) return 0.0;
    std::ranges::nth_element(ratios,
                             ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2));
    return ratios[ratios.size() / 2];
  }

  bool find(const std::vector<double>& start, GroupFit& limit) {
    quadratic_.begin({0.0, {target_}}, start);
    double alpha = first_penalty * unit();
    std::vector<Index> face;
    std::vector<double> b = start;
    for (int k = 0; alpha > 0.0 && k < most_penalties; ++k, alpha *= step_of_penalty) {
      quadratic_.begin({alpha, {target_}}, b);
      descent().fit();
      b = quadratic_.point();
      const auto now = interior_of(b, box_);
      if (k > 0 && now == face) return on_face(face, b, limit);
      face = now;
    }
    return false;
  }

  // The limit on a face, from the prior means; false if it is not within the box.
  bool on_face(const std::vector<Index>& face, std::vector<double> b, GroupFit& limit) {
    for (const Index j : face) b[j] = quadratic_.problem().prior(target_, j);
    quadratic_.begin({0.0, {target_}}, b);
    SolveInfo info;
    if (!face.empty()) quadratic_.minimise(face, b.data(), info);
    const double size = *std::ranges::max_element(b, {}, [](double v) { return std::abs(v); });
    for (const Index j : face) {
      const double inside = std::min(std::max(b[j], box_.lower[j]), box_.upper[j]);
      if (std::abs(b[j] - inside) > held_by * std::abs(size)) return false;
      b[j] = inside;
    }
    quadratic_.set_point(b);
    limit = descent().judge();
    limit.info.rank = info.rank;
    limit.info.rcond = info.rcond;
    limit.info.reason = "bounds, and many solutions: the limit of small penalties";
    return true;
  }

  Quadratic& quadratic_;
  const ScaledBox& box_;
  Index target_;
  int max_sweeps_;
};

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
      if (group.alpha == 0.0)
        LimitInBox(quadratic, scaled, t, options.max_iter).replace(fit, options.tol);
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
  SolveInfo info = fit_of({coef, data.x.cols, intercept}, [&] {
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
    return fit_of({coef, x.cols, intercept}, [&] {
      return fit_rows(std::move(rows), shaped, inner, monitor, coef, intercept);
    });
  }
  // Conjugate gradients stop at their tolerance, which must not be all that the whole fit may miss.
  inner.tol = std::clamp(0.1 * options.tol, tightest_face, inner.tol);
  std::vector<double> shift;
  if (options.fit_intercept && !options.penalize_intercept) shift = shift_full_columns(rows);
  return fit_of({coef, x.cols, intercept}, [&] {
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
