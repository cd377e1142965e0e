#include "elltwo/logistic_l1.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "parallel/interruption.hpp"
#include "parallel/n_threads.hpp"
#include "solvers/logistic/present_classes.hpp"
#include "solvers/logistic/validate.hpp"
#include "solvers/logistic_l1/separation.hpp"
#include "solvers/logistic_l1/writer.hpp"
#include "solvers/shared/box.hpp"
#include "solvers/shared/results.hpp"
#include "solvers/shared/validate.hpp"

namespace elltwo {
namespace {

void require_falling(double l1_ratio, std::span<const double> alphas) {
  if (!(l1_ratio > 0.0 && l1_ratio <= 1.0)) {
    throw std::invalid_argument("l1_ratio must be in (0, 1], got " + show(l1_ratio));
  }
  for (std::size_t a = 1; a < alphas.size(); ++a) {
    if (alphas[a] < alphas[a - 1]) continue;
    throw std::invalid_argument("alphas must fall, got " + show(alphas[a]) + " after " +
                                show(alphas[a - 1]));
  }
}

template <Real T>
void require_pinned_in_box(const LogisticData<T>& data, const Box& box) {
  const Index p = data.x.cols;
  for (Index e = 0; e < data.n_outputs() * p; ++e) {
    const Index j = e % p;
    if (data.penalty_factors.empty() || !std::isinf(data.penalty_factors[j])) continue;
    require_inside(box, j, data.prior_mean.empty() ? 0.0 : data.prior_mean[e]);
  }
}

/// The arguments that do not depend on the kind of X.
struct L1Request {
  const Box& box;
  double l1_ratio;
  std::span<const double> alphas;
  const LogisticOptions& options;
  Monitor& monitor;
};

LogisticInfo info_of_point(const L1Request& request, const LogisticL1Design& design,
                           const LogisticL1Point& point) {
  LogisticInfo info;
  info.solver = Solver::prox_newton;
  info.reason = "L1 penalty: Newton models minimised on the active set";
  if (request.options.solver != LogisticSolver::automatic) {
    info.fallback = "other solvers have no L1 penalty";
  }
  info.status = point.gap <= request.options.tol ? Status::converged : Status::max_iter_reached;
  if (point.outgrown)
    info.fallback = "the Gram matrix of so many coefficients does not fit in memory";
  info.optimality = point.violation;
  info.tolerance = request.options.tol;
  info.gap = point.gap;
  info.loss = point.loss / design.weight_scale;
  info.objective = point.objective / design.weight_scale;
  info.n_iter = point.steps;
  info.n_passes = point.passes;
  info.n_hessians = point.hessians;
  info.rank = static_cast<Index>(point.entries.size());
  info.n_threads = threads_for(request.options.n_threads,
                               4.0 * static_cast<double>(design.n * design.outputs * design.p));
  return info;
}

// Points at positive alphas that fall.
std::vector<LogisticL1Point> points_of(const L1Request& request, std::span<const double> alphas,
                                       const LogisticL1Design& design,
                                       const LogisticL1Penalty& penalty,
                                       std::span<const double> start) {
  LogisticL1PathSolver solver(design, penalty, request.options, request.monitor);
  const auto separating =
      separating_point(design, penalty, solver.free_columns(), request.options, request.monitor);
  if (separating) return std::vector(alphas.size(), *separating);
  std::vector<double> finite(alphas.begin(), alphas.end());
  if (std::isinf(finite.front())) {
    finite.front() = solver.alpha_of_zeros();
    if (finite.size() > 1) finite.front() = std::max(finite.front(), 2.0 * finite[1]);
  }
  if (start.empty()) solver.begin();
  else solver.begin(scaled_point(design, penalty, start), finite.front());
  return solver.solve(finite);
}

/// Fits of classes that all have rows. `kind` has the two functions that depend on X.
template <Real T, class Kind>
LogisticL1Path path_of_present(const L1Request& request, const LogisticData<T>& data,
                               std::span<const double> start, const Kind& kind) {
  LogisticL1Path path;
  auto alphas = request.alphas;
  const bool ends_at_zero = !alphas.empty() && alphas.back() == 0.0;
  if (ends_at_zero) alphas = alphas.first(alphas.size() - 1);
  const Index p = data.x.cols;
  if (!alphas.empty()) {
    const LogisticL1Design design = kind.design(data);
    const auto penalty = l1_penalty(design, data, request.box, request.l1_ratio);
    for (const auto& point : points_of(request, alphas, design, penalty, start)) {
      append_fit(user_fit(design, penalty, request.box, point), p, path);
      path.n_active.push_back(static_cast<std::int64_t>(point.entries.size()));
      path.infos.push_back(info_of_point(request, design, point));
      if (point.separable) path.infos.back().status = Status::separable;
    }
  }
  if (ends_at_zero) {
    LogisticL1Fit fit{.coef = std::vector<double>(data.n_outputs() * p),
                      .intercept = std::vector<double>(data.n_outputs())};
    path.infos.push_back(kind.fit_at_zero(data, start, fit));
    if (path.infos.back().status == Status::interrupted) throw Interrupted{};
    append_fit(fit, p, path);
    path.n_active.push_back(static_cast<std::int64_t>(fit.coef.size()));
  }
  return path;
}

LogisticL1Fit row_of(const LogisticL1Path& path, Index a, Index outputs, Index p) {
  LogisticL1Fit fit{.coef = std::vector<double>(outputs * p, 0.0),
                    .intercept = std::vector<double>(path.intercept.begin() + a * outputs,
                                                     path.intercept.begin() + (a + 1) * outputs)};
  for (Index k = 0; k < outputs; ++k) {
    const auto row = a * outputs + k;
    for (auto e = path.starts[row]; e < path.starts[row + 1]; ++e) {
      fit.coef[k * p + path.features[e]] = path.values[e];
    }
  }
  return fit;
}

// Fits of classes of which some are empty, see PresentClasses.
template <Real T, class Kind>
LogisticL1Path path_of_reduced(const L1Request& request, const LogisticData<T>& data,
                               const PresentClasses<T>& classes, std::span<const double> start,
                               const Kind& kind) {
  LogisticL1Path path, reduced;
  if (classes.is_single()) {
    classes.require_finite_rows();
    LogisticInfo info;
    info.tolerance = request.options.tol;
    info.reason = "all weight is in one class";
    path.infos.assign(request.alphas.size(), info);
    path.n_active.assign(request.alphas.size(), 0);
  } else {
    reduced = path_of_present(request, classes.reduced(), classes.reduced_start(start), kind);
    path.infos = reduced.infos;
    path.n_active = reduced.n_active;
  }
  const Index p = data.x.cols;
  LogisticL1Fit full{.coef = std::vector<double>(data.n_outputs() * p),
                     .intercept = std::vector<double>(data.n_outputs())};
  for (std::size_t a = 0; a < request.alphas.size(); ++a) {
    if (classes.is_single()) {
      classes.write(nullptr, nullptr, full.coef.data(), full.intercept.data());
    } else {
      const auto part = row_of(reduced, static_cast<Index>(a), classes.reduced().n_outputs(), p);
      classes.write(part.coef.data(), part.intercept.data(), full.coef.data(),
                    full.intercept.data());
    }
    for (std::size_t e = 0; e < full.coef.size(); ++e) {
      full.coef[e] = clipped(request.box, static_cast<Index>(e) % p, full.coef[e]);
    }
    append_fit(full, p, path);
    path.infos[a].n_empty_classes = static_cast<int>(classes.n_empty());
  }
  return path;
}

template <Real T, class Kind>
LogisticL1Path path_of(const L1Request& request, const LogisticData<T>& data,
                       std::span<const double> start, const Kind& kind) {
  validate(data, request.alphas, request.options, start);
  require_box(request.box, data.x.cols);
  require_falling(request.l1_ratio, request.alphas);
  require_pinned_in_box(data, request.box);
  const PresentClasses<T> classes(data, request.options);
  LogisticL1Path path;
  const bool finished = completed([&] {
    if (classes.is_reduced()) path = path_of_reduced(request, data, classes, start, kind);
    else path = path_of_present(request, data, start, kind);
  });
  if (finished) return path;
  const auto rows = request.alphas.size() * static_cast<std::size_t>(data.n_outputs());
  path = {};
  path.starts.assign(rows + 1, 0);
  path.intercept.assign(rows, 0.0);
  path.n_active.assign(request.alphas.size(), 0);
  path.infos.resize(request.alphas.size());
  for (auto& info : path.infos) info.status = Status::interrupted;
  return path;
}

template <Real T, class Kind>
double alpha_max_of(const L1Request& request, const LogisticData<T>& data, const Kind& kind) {
  validate(data, {}, request.options, {});
  require_box(request.box, data.x.cols);
  const PresentClasses<T> classes(data, request.options);
  if (classes.is_single()) return 0.0;
  const LogisticData<T>& present = classes.is_reduced() ? classes.reduced() : data;
  double largest = infinity;
  const bool finished = completed([&] {
    const LogisticL1Design design = kind.design(present);
    const auto penalty = l1_penalty(design, present, request.box, request.l1_ratio);
    LogisticL1PathSolver solver(design, penalty, request.options, request.monitor);
    solver.begin();
    largest = solver.alpha_max();
  });
  return finished ? largest : infinity;
}

template <Real T>
struct DenseKind {
  const L1Request& request;

  LogisticL1Design design(const LogisticData<T>& data) const {
    return dense_l1_design(data, request.options, request.monitor);
  }
  LogisticInfo fit_at_zero(const LogisticData<T>& data, std::span<const double> start,
                           LogisticL1Fit& fit) const {
    const double none[] = {0.0};
    return bounded_logistic_path(data, request.box, none, request.options, request.monitor, start,
                                 fit.coef, fit.intercept)[0];
  }
};

template <Real T>
struct SparseKind {
  const SparseView<T>& x;
  const L1Request& request;

  LogisticL1Design design(const LogisticData<T>& data) const {
    return sparse_l1_design(x, data, request.options, request.monitor);
  }
  LogisticInfo fit_at_zero(const LogisticData<T>& data, std::span<const double> start,
                           LogisticL1Fit& fit) const {
    const double none[] = {0.0};
    return sparse_bounded_logistic_path(x, data, request.box, none, request.options,
                                        request.monitor, start, fit.coef, fit.intercept)[0];
  }
};

template <Real T>
LogisticData<T> shaped(const SparseView<T>& x, LogisticData<T> data) {
  data.x = {nullptr, x.rows, x.cols, 0, 0};
  return data;
}

}  // namespace

template <Real T>
LogisticL1Path logistic_l1_path(const LogisticData<T>& data, const Box& box, double l1_ratio,
                                std::span<const double> alphas, const LogisticOptions& options,
                                Monitor& monitor, std::span<const double> start) {
  const L1Request request{box, l1_ratio, alphas, options, monitor};
  return path_of(request, data, start, DenseKind<T>{request});
}

template <Real T>
LogisticL1Path sparse_logistic_l1_path(const SparseView<T>& x, const LogisticData<T>& data,
                                       const Box& box, double l1_ratio,
                                       std::span<const double> alphas,
                                       const LogisticOptions& options, Monitor& monitor,
                                       std::span<const double> start) {
  const L1Request request{box, l1_ratio, alphas, options, monitor};
  return path_of(request, shaped(x, data), start, SparseKind<T>{x, request});
}

template <Real T>
double logistic_l1_alpha_max(const LogisticData<T>& data, const Box& box,
                             const LogisticOptions& options, Monitor& monitor) {
  const L1Request request{box, 1.0, {}, options, monitor};
  return alpha_max_of(request, data, DenseKind<T>{request});
}

template <Real T>
double sparse_logistic_l1_alpha_max(const SparseView<T>& x, const LogisticData<T>& data,
                                    const Box& box, const LogisticOptions& options,
                                    Monitor& monitor) {
  const L1Request request{box, 1.0, {}, options, monitor};
  return alpha_max_of(request, shaped(x, data), SparseKind<T>{x, request});
}

template LogisticL1Path logistic_l1_path<double>(const LogisticData<double>&, const Box&, double,
                                                 std::span<const double>, const LogisticOptions&,
                                                 Monitor&, std::span<const double>);
template LogisticL1Path sparse_logistic_l1_path<double>(const SparseView<double>&,
                                                        const LogisticData<double>&, const Box&,
                                                        double, std::span<const double>,
                                                        const LogisticOptions&, Monitor&,
                                                        std::span<const double>);
template double logistic_l1_alpha_max<double>(const LogisticData<double>&, const Box&,
                                              const LogisticOptions&, Monitor&);
template double sparse_logistic_l1_alpha_max<double>(const SparseView<double>&,
                                                     const LogisticData<double>&, const Box&,
                                                     const LogisticOptions&, Monitor&);
template LogisticL1Path logistic_l1_path<float>(const LogisticData<float>&, const Box&, double,
                                                std::span<const double>, const LogisticOptions&,
                                                Monitor&, std::span<const double>);
template LogisticL1Path sparse_logistic_l1_path<float>(const SparseView<float>&,
                                                       const LogisticData<float>&, const Box&,
                                                       double, std::span<const double>,
                                                       const LogisticOptions&, Monitor&,
                                                       std::span<const double>);
template double logistic_l1_alpha_max<float>(const LogisticData<float>&, const Box&,
                                             const LogisticOptions&, Monitor&);
template double sparse_logistic_l1_alpha_max<float>(const SparseView<float>&,
                                                    const LogisticData<float>&, const Box&,
                                                    const LogisticOptions&, Monitor&);

}  // namespace elltwo
