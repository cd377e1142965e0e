#include "solvers/logistic/gap_bound.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/posdef.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

/// Reciprocal condition number of H below which the step has too few digits.
constexpr double least_rcond_for_gap = 1e-11;

// H in the coefficients of all classes but the last, or of the one output of two classes: lower
// triangle, column-major. Coefficient (k, u) is number k * n_columns + u.
Buffer<double> free_hessian(const RowCurvature& rows, const double* x, Index n_columns) {
  const Index classes = std::max<Index>(1, rows.outputs - 1);
  const Index m = classes * n_columns;
  auto h = Buffer<double>::zeros(m * m);
  const auto add = [&](Index i, Index k, Index l, double c) {
    if (x == nullptr) {
      h[l * m + k] += c;
      return;
    }
    const double* xi = x + i * n_columns;
    for (Index u = 0; u < n_columns; ++u) {
      for (Index v = 0; v < n_columns; ++v) {
        h[(l * n_columns + v) * m + k * n_columns + u] += c * xi[u] * xi[v];
      }
    }
  };
  for (Index i = 0; i < rows.n; ++i) {
    if (rows.outputs == 1) {
      add(i, 0, 0, rows.at(i, 0));
      continue;
    }
    const double w = rows.weight_of(i);
    for (Index l = 0; l < classes; ++l) {
      const double p = rows.at(i, l);
      add(i, l, l, w * p * (1.0 - p));
      for (Index k = l + 1; k < classes; ++k) add(i, k, l, -w * p * rows.at(i, k));
    }
  }
  return h;
}

// The largest difference between classes of x_i D, over the rows; of two classes |x_i D|.
double largest_range(const RowCurvature& rows, const double* x, Index n_columns,
                     const std::vector<double>& step) {
  double largest = 0.0;
  for (Index i = 0; i < (x == nullptr ? 1 : rows.n); ++i) {
    double low = 0.0, high = 0.0;
    for (Index k = 0; k < rows.outputs; ++k) {
      double z = 0.0;
      for (Index u = 0; u < n_columns; ++u) {
        z += step[k * n_columns + u] * (x == nullptr ? 1.0 : x[i * n_columns + u]);
      }
      low = k == 0 && rows.outputs > 1 ? z : std::min(low, z);
      high = k == 0 && rows.outputs > 1 ? z : std::max(high, z);
    }
    largest = std::max(largest, high - low);
  }
  return largest;
}

// The columns of [x^ | 1] without a penalty.
template <Real T>
std::vector<Index> free_columns(const LogisticProblem<T>& problem) {
  std::vector<Index> columns;
  for (Index j = 0; j < problem.cols(); ++j) {
    if (problem.column_penalty(j) == 0.0) columns.push_back(j);
  }
  return columns;
}

// The free columns of the fitted rows, n x columns.size(); empty if the intercept is the only one.
template <Real T>
std::vector<double> gather(const LogisticProblem<T>& problem, const LogisticRows& rows,
                           const std::vector<Index>& columns) {
  const auto source = problem.source(rows);
  const Index p = problem.n_features();
  if (columns.empty() || columns.front() == p) return {};
  std::vector<double> x;
  x.reserve(rows.n * columns.size());
  for (Index k = 0; k < rows.n; ++k) {
    for (const Index j : columns) {
      const auto value = [&] { return static_cast<double>(source.x(rows.row(k), j)); };
      x.push_back(j == p ? 1.0 : (value() - source.col_shift[j]) * source.col_scale[j]);
    }
  }
  return x;
}

}  // namespace

bool worth_free_step(Index outputs, Index n_columns) {
  return n_columns <= 1 || std::max<Index>(1, outputs - 1) * n_columns <= most_free_coefficients;
}

FreeStep free_step(const RowCurvature& rows, const double* x, Index n_columns,
                   const std::vector<double>& slope, Monitor& monitor) {
  FreeStep result;
  result.step.assign(rows.outputs * n_columns, 0.0);
  result.known = n_columns == 0;
  if (result.known) return result;
  auto lower = free_hessian(rows, x, n_columns);
  const Index m = std::max<Index>(1, rows.outputs - 1) * n_columns;
  for (Index a = 0; a < m; ++a) {
    if (!(lower[a * (m + 1)] > 0.0)) return result;
  }
  PosDefSystem system(m, std::move(lower));
  if (!system.factor(1, monitor) || !(system.rcond() > least_rcond_for_gap)) return result;
  std::copy_n(slope.begin(), m, result.step.begin());
  system.solve(result.step.data(), 1, m, 1);
  for (Index a = 0; a < m; ++a) result.decrement += slope[a] * result.step[a];
  result.range = largest_range(rows, x, n_columns, result.step);
  result.known = result.decrement >= 0.0;
  return result;
}

double relative_gap(double bound, double objective) {
  if (std::isnan(bound) || bound == infinity) return infinity;
  if (bound == 0.0) return 0.0;
  return bound < objective ? bound / objective : 1.0;
}

template <Real T>
double gap_bound(const LogisticObjective<T>& objective, const LogisticPoint& at,
                 const LogisticMetric& metric, int& n_passes) {
  const auto& problem = objective.problem();
  const auto& rows = objective.rows();
  const Index outputs = problem.n_outputs();
  const Index cols = problem.cols();
  const auto free = free_columns(problem);
  const auto n_free = static_cast<Index>(free.size());
  if (!worth_free_step(outputs, n_free)) return infinity;
  const auto x = gather(problem, rows, free);
  const RowCurvature curvature{.n = rows.n,
                               .outputs = outputs,
                               .curvature = at.curvature.data(),
                               .output_stride = rows.n,
                               .weight = rows.weights()};
  const auto terms_of = [&](Index e) -> PenaltyAndSize {
    const Index j = e % cols;
    if (j == problem.n_features() || !problem.moves(j)) return {};
    return {problem.penalty(j), problem.column_size(j), at.residual[e / cols]};
  };
  const auto free_step_of = [&](const std::vector<double>& slope) {
    return free_step(curvature, x.empty() ? nullptr : x.data(), n_free, slope, problem.monitor());
  };
  GapTerms terms{.size = problem.size(),
                 .outputs = outputs,
                 .objective = at.objective(),
                 .free = {},
                 .terms_of = terms_of,
                 .free_step_of = free_step_of};
  for (Index k = 0; k < outputs; ++k) {
    for (const Index j : free) terms.free.push_back(k * cols + j);
  }
  const auto tilt = [&] {
    Tilt by{.step = Buffer<double>(problem.size()), .product = {}};
    metric.solve(at.slope.data(), by.step.data());
    ++n_passes;
    objective.hessian_product(at, by.step.data(), by.product, &by.range);
    for (Index e = 0; e < problem.size(); ++e) by.product[e] -= terms_of(e).penalty * by.step[e];
    return by;
  };
  return best_bound(terms, at.slope.data(), problem.has_free_features(), tilt);
}

template double gap_bound<double>(const LogisticObjective<double>&, const LogisticPoint&,
                                  const LogisticMetric&, int&);
template double gap_bound<float>(const LogisticObjective<float>&, const LogisticPoint&,
                                 const LogisticMetric&, int&);

}  // namespace elltwo
