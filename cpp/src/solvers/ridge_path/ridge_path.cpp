#include "elltwo/ridge_path.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include "parallel/interruption.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/row_blocks.hpp"
#include "parallel/team.hpp"
#include "solvers/ridge/ridge.hpp"
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
    refit_target<T>({others, sparse(), options, problem->monitor()}, t, alphas, coef, intercept);
    for (Index a = 0; a < n_alphas; ++a) {
      predictions[t * n_alphas + a] = intercept[a] + row_times(row, coef.data() + a * p);
    }
  }
}

template <Real T>
RidgePath<T>::RidgePath(const RidgeData<T>& data, const RidgeOptions& options, Monitor& monitor)
    : state_(std::make_unique<State>(data, options, monitor)) {}

template <Real T>
template <Real S>
RidgePath<T>::RidgePath(const SparseView<S>& x, const RidgeData<T>& data,
                        const RidgeOptions& options, Monitor& monitor)
    : state_(std::make_unique<State>(x, data, options, monitor)) {}

template <Real T>
RidgePath<T>::RidgePath(const Moments& moments, const RidgeData<T>& data,
                        const RidgeOptions& options, Monitor& monitor)
  requires std::same_as<T, double>
    : state_(std::make_unique<State>(moments, data, options, monitor)) {}

template <Real T>
RidgePath<T>::~RidgePath() = default;

template <Real T>
bool RidgePath<T>::decompose(double smallest_alpha) {
  return completed([&] { state_->method->decompose(smallest_alpha); });
}

template <Real T>
Solver RidgePath<T>::solver() const {
  return state_->method->solver();
}

template <Real T>
std::span<const double> RidgePath<T>::eigenvalues() const {
  return state_->method->eigenvalues();
}

template <Real T>
Index RidgePath<T>::n_unpenalised() const {
  return state_->method->n_unpenalised();
}

template <Real T>
bool RidgePath<T>::coefficients(std::span<const double> alphas, std::span<double> coef,
                                std::span<double> intercept) {
  return completed([&] { state_->coefficients(alphas, coef, intercept); });
}

template <Real T>
void RidgePath<T>::State::coefficients(std::span<const double> alphas, std::span<double> coef,
                                       std::span<double> intercept) {
  method->coefficients(alphas, coef, intercept);
  unshift_intercepts(x_shift, coef, intercept);
}

template <Real T>
SolveInfo RidgePath<T>::State::fit(std::span<const double> alphas, std::span<double> coef,
                                   std::span<double> intercept) {
  auto with_alphas = data;
  with_alphas.alpha = alphas;
  const KnownProducts<T> known{.moments = method->moments(),
                               .dual = method->dual_system(),
                               .units = problem->has_rows() ? nullptr : &units};
  return ridge_from_products(with_alphas, known, options, problem->monitor(), coef, intercept);
}

template <Real T>
void RidgePath<T>::measures(std::span<const double> alphas, std::span<double> edf,
                            std::span<double> rss) const {
  const Index n_targets = state_->data.y.cols;
  const auto n_alphas = static_cast<Index>(alphas.size());
  const double work = 20.0 * static_cast<double>(n_alphas * state_->data.y.cols) *
                      static_cast<double>(eigenvalues().size());
  TaskCounter tasks(n_alphas);
  run_team(threads_for(state_->options.n_threads, work), [&](TeamMember&) {
    for (Index task = 0; tasks.next(task);) {
      edf[task] = static_cast<double>(n_unpenalised());
      for (const double s : eigenvalues()) {
        edf[task] += std::isinf(alphas[task]) ? 0.0 : s / (s + alphas[task]);
      }
      state_->method->residual_squares(alphas[task], rss.data() + task * n_targets);
    }
  });
  for (std::size_t i = 0; i < rss.size(); ++i) {
    const double unit = state_->problem->y_scale(static_cast<Index>(i % n_targets));
    rss[i] = rss[i] / state_->problem->weight_scale() / unit / unit;
  }
}

template <Real T>
bool RidgePath<T>::leave_one_out(std::span<const double> alphas, std::span<double> sse,
                                 std::span<double> predictions) {
  return completed([&] { state_->leave_one_out(alphas, sse, predictions); });
}

template <Real T>
void RidgePath<T>::State::leave_one_out(std::span<const double> alphas, std::span<double> sse,
                                        std::span<double> predictions) {
  require_rows();
  const auto n_alphas = static_cast<Index>(alphas.size());
  const Index fits = data.y.cols * n_alphas;
  std::vector<std::vector<double>> partial(row_block_chunks);
  std::vector<std::vector<Index>> odd(partial.size());
  const auto visit = [&](const LeftOutBlock& block) {
    auto& sums = partial[block.chunk];
    sums.resize(fits);
    for (Index k = 0; k < block.rows; ++k) {
      const Index i = block.row + k;
      const double* e = block.error + k * fits;
      if (std::any_of(e, e + fits, [](double v) { return std::isnan(v); })) {
        odd[block.chunk].push_back(i);
        continue;
      }
      const double w = plain_weight(i);
      for (Index f = 0; f < fits; ++f) sums[f] += w * e[f] * e[f];
      for (Index f = 0; f < fits && !predictions.empty(); ++f) {
        predictions[i * fits + f] = data.y(i, f / n_alphas) - e[f];
      }
    }
  };
  method->leave_one_out(alphas, visit);
  std::vector<double> total(fits, 0.0);
  for (const auto& sums : partial) {
    for (std::size_t f = 0; f < sums.size(); ++f) total[f] += sums[f];
  }
  std::vector<double> row(fits);
  for (const auto& rows : odd) {
    for (const Index i : rows) {
      const double w = plain_weight(i);
      if (w == 0.0 && predictions.empty()) continue;
      refit_row(i, alphas, row.data());
      for (Index f = 0; f < fits; ++f) {
        total[f] += w * std::pow(data.y(i, f / n_alphas) - row[f], 2);
        if (!predictions.empty()) predictions[(i * fits) + f] = row[f];
      }
    }
  }
  for (Index a = 0; a < n_alphas; ++a) {
    for (Index t = 0; t < data.y.cols; ++t) {
      sse[a * data.y.cols + t] = total[t * n_alphas + a];
    }
  }
}

template <Real T>
bool RidgePath<T>::leverages(std::span<const double> alphas, std::span<double> h) {
  state_->require_rows();
  const Index n = state_->data.x.rows;
  const auto n_alphas = static_cast<Index>(alphas.size());
  const auto visit = [&](const LeftOutBlock& block) {
    for (Index k = 0; k < block.rows; ++k) {
      for (Index a = 0; a < n_alphas; ++a) {
        h[a * n + block.row + k] = block.leverage[k * n_alphas + a];
      }
    }
  };
  return completed([&] { state_->method->leave_one_out(alphas, visit); });
}

template <Real T>
SolveInfo RidgePath<T>::fit(std::span<const double> alpha, std::span<double> coef,
                            std::span<double> intercept) {
  return info_of([&] { return state_->fit(alpha, coef, intercept); });
}

template <Real T>
bool RidgePath<T>::dual() const {
  return state_->method->dual();
}

template <Real T>
Index RidgePath<T>::n_directions() const {
  return state_->method->n_directions();
}

template <Real T>
bool RidgePath<T>::basis(std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  return completed([&] { state_->method->basis(out.data()); });
}

template class RidgePath<double>;
template class RidgePath<float>;
template RidgePath<double>::RidgePath(const SparseView<double>&, const RidgeData<double>&,
                                      const RidgeOptions&, Monitor&);
template RidgePath<double>::RidgePath(const SparseView<float>&, const RidgeData<double>&,
                                      const RidgeOptions&, Monitor&);

}  // namespace elltwo
