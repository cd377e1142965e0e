#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include "elltwo/ridge_path.hpp"
#include "solvers/ridge/validate.hpp"
#include "solvers/ridge_moments/fit.hpp"
#include "solvers/ridge_path/dual.hpp"
#include "solvers/ridge_path/primal.hpp"
#include "solvers/ridge_path/refit.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {

template <Real T>
struct RidgePath<T>::State {
  RidgeData<T> data;
  RidgeOptions options;
  double alpha = 1.0;           // the penalty in data, in the place of those to come
  SparseRows<T> rows{};         // the rows of a sparse X, about x_shift
  std::vector<double> x_shift;  // one for every column of a sparse X; empty for zeros
  std::optional<Problem<T>> problem;
  std::unique_ptr<PathMethod<T>> method;
  SumUnits units;  // those of moments whose rows are gone

  State(const RidgeData<T>& given, const RidgeOptions& given_options, Monitor& monitor)
      : data(given), options(given_options) {
    data.alpha = {&alpha, 1};
    validate(data, options);
    choose(monitor);
  }

  template <Real S>
  State(const SparseView<S>& x, const RidgeData<T>& given, const RidgeOptions& given_options,
        Monitor& monitor)
      : data(given), options(given_options) {
    data.x = {nullptr, x.rows, x.cols, 0, 0};
    data.alpha = {&alpha, 1};
    validate(data, options);
    rows = widened(checked_rows(x, options.n_threads));
    if (options.fit_intercept && !options.penalize_intercept) x_shift = shift_full_columns(rows);
    choose(monitor);
  }

  State(const Moments& moments, const RidgeData<T>& given, const RidgeOptions& given_options,
        Monitor& monitor)
      : data(given), options(given_options) {
    data.x = {nullptr, moments.n_rows(), moments.n_features(), 0, 0};
    data.y = {nullptr, moments.n_rows(), moments.n_targets(), 0, 0};
    data.alpha = {&alpha, 1};
    validate(data, options);
    auto known = moments_for(moments, options.fit_intercept, options, units);
    const bool plain = std::all_of(units.column.begin(), units.column.begin() + data.x.cols,
                                   [](double s) { return s == 1.0; });
    if (!plain) {
      throw std::invalid_argument(
          "X must have sums of squares within the range of its type for a path; scale it");
    }
    problem.emplace(data, options, monitor, units);
    method = std::make_unique<PrimalPath<T>>(*problem, std::move(known));
  }

  const SparseRows<T>* sparse() const { return rows.start != nullptr ? &rows : nullptr; }

  void choose(Monitor& monitor) {
    problem.emplace(data, options, monitor, sparse());
    Index columns = options.fit_intercept && options.penalize_intercept ? 1 : 0;
    for (Index j = 0; j < data.x.cols; ++j) {
      if (problem->raw_penalty(j, 1.0) < infinity) ++columns;
    }
    if (columns > data.x.rows) method = std::make_unique<DualPath<T>>(*problem);
    else method = std::make_unique<PrimalPath<T>>(*problem);
  }

  bool needs_refit(double alpha) const {
    return alpha == 0.0 && method->rank_deficient() && limit_differs(data, options);
  }

  void require_rows() const {
    if (problem->has_rows()) return;
    throw std::invalid_argument(
        "leverages, residuals and leave-one-out errors need the rows, which moments do not keep");
  }

  double plain_weight(Index i) const {
    return data.sample_weight.empty() ? 1.0 : data.sample_weight[i];
  }

  void coefficients(std::span<const double> alphas, std::span<double> coef,
                    std::span<double> intercept);
  void leave_one_out(std::span<const double> alphas, std::span<double> sse,
                     std::span<double> predictions);
  SolveInfo fit(std::span<const double> alphas, std::span<double> coef,
                std::span<double> intercept);
  void refit_row(Index row, std::span<const double> alphas, double* predictions);
  double row_times(Index row, const double* b) const;
};

template <Real T>
double RidgePath<T>::State::row_times(Index row, const double* b) const {
  double sum = 0.0;
  if (sparse() == nullptr) {
    for (Index j = 0; j < data.x.cols; ++j) sum += static_cast<double>(data.x(row, j)) * b[j];
    return sum;
  }
  for (Index e = rows.start[row]; e < rows.start[row + 1]; ++e)
    sum += static_cast<double>(rows.value[e]) * b[rows.column[e]];
  return sum;
}

// Predictions of one row (targets x alphas) by the fits without it.
template <Real T>
void RidgePath<T>::State::refit_row(Index row, std::span<const double> alphas,
                                    double* predictions) {
  const auto n_alphas = static_cast<Index>(alphas.size());
  const Index p = data.x.cols;
  std::vector<double> weight;
  for (Index i = 0; i < data.x.rows; ++i) weight.push_back(i == row ? 0.0 : plain_weight(i));
  auto others = data;
  others.sample_weight = weight;
  std::vector<double> coef(n_alphas * p);
  std::vector<double> intercept(n_alphas);
  for (Index t = 0; t < data.y.cols; ++t) {
    refit_target(others, sparse(), t, alphas, options, problem->monitor(), coef, intercept);
    for (Index a = 0; a < n_alphas; ++a) {
      predictions[t * n_alphas + a] = intercept[a] + row_times(row, coef.data() + a * p);
    }
  }
}

}  // namespace elltwo
