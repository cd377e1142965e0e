#include "elltwo/ridge_path.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"
#include "solvers/path_dual.hpp"
#include "solvers/path_primal.hpp"
#include "solvers/refit.hpp"
#include "solvers/ridge_products.hpp"
#include "solvers/row_blocks.hpp"
#include "solvers/validate.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {

template <Real T>
struct RidgePath<T>::State {
  RidgeData<T> data;
  RidgeOptions options;
  double alpha = 1.0;           // stands in data for the penalties to come
  SparseRows<T> rows{};         // of a sparse X, about x_shift
  std::vector<double> x_shift;  // of every column; none: zeros
  std::optional<Problem<T>> problem;
  std::unique_ptr<PathMethod<T>> method;

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

  double plain_weight(Index i) const {
    return data.sample_weight.empty() ? 1.0 : data.sample_weight[static_cast<std::size_t>(i)];
  }

  bool refit_row(Index row, std::span<const double> alphas, double* predictions);
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
bool RidgePath<T>::State::refit_row(Index row, std::span<const double> alphas,
                                    double* predictions) {
  const auto n_alphas = static_cast<Index>(alphas.size());
  const Index p = data.x.cols;
  std::vector<double> weight;
  for (Index i = 0; i < data.x.rows; ++i) weight.push_back(i == row ? 0.0 : plain_weight(i));
  auto others = data;
  others.sample_weight = weight;
  std::vector<double> coef(static_cast<std::size_t>(n_alphas * p));
  std::vector<double> intercept(static_cast<std::size_t>(n_alphas));
  for (Index t = 0; t < data.y.cols; ++t) {
    if (!refit_target(others, sparse(), t, alphas, options, problem->monitor(), coef, intercept))
      return false;
    for (Index a = 0; a < n_alphas; ++a) {
      predictions[t * n_alphas + a] =
          intercept[static_cast<std::size_t>(a)] + row_times(row, coef.data() + a * p);
    }
  }
  return true;
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
RidgePath<T>::~RidgePath() = default;

template <Real T>
bool RidgePath<T>::decompose(double smallest_alpha) {
  return state_->method->decompose(smallest_alpha);
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
  if (!state_->method->coefficients(alphas, coef, intercept)) return false;
  const auto p = static_cast<std::size_t>(state_->data.x.cols);
  const auto n_targets = static_cast<std::size_t>(state_->data.y.cols);
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    if (!state_->needs_refit(alphas[a])) continue;
    for (std::size_t t = 0; t < n_targets; ++t) {
      const std::size_t row = a * n_targets + t;
      if (!refit_target(state_->data, state_->sparse(), static_cast<Index>(t), alphas.subspan(a, 1),
                        state_->options, state_->problem->monitor(), coef.subspan(row * p, p),
                        intercept.subspan(row, 1))) {
        return false;
      }
    }
  }
  unshift_intercepts(state_->x_shift, coef, intercept);
  return true;
}

template <Real T>
void RidgePath<T>::measures(std::span<const double> alphas, std::span<double> edf,
                            std::span<double> rss) const {
  const auto n_targets = static_cast<std::size_t>(state_->data.y.cols);
  const auto n_alphas = static_cast<Index>(alphas.size());
  const double work = 20.0 * static_cast<double>(n_alphas * state_->data.y.cols) *
                      static_cast<double>(eigenvalues().size());
  TaskCounter tasks(n_alphas);
  run_team(threads_for(state_->options.n_threads, work), [&](TeamMember&) {
    for (Index task = 0; tasks.next(task);) {
      const auto a = static_cast<std::size_t>(task);
      edf[a] = static_cast<double>(n_unpenalised());
      for (const double s : eigenvalues()) {
        edf[a] += std::isinf(alphas[a]) ? 0.0 : s / (s + alphas[a]);
      }
      state_->method->residual_squares(alphas[a], rss.data() + a * n_targets);
    }
  });
  for (double& value : rss) value /= state_->problem->weight_scale();
}

template <Real T>
bool RidgePath<T>::leave_one_out(std::span<const double> alphas, std::span<double> sse,
                                 std::span<double> predictions) {
  const auto& data = state_->data;
  const auto n_alphas = static_cast<Index>(alphas.size());
  const Index fits = data.y.cols * n_alphas;
  std::vector<std::vector<double>> partial(static_cast<std::size_t>(row_block_chunks));
  std::vector<std::vector<Index>> odd(partial.size());
  const bool refit = data.x.cols > data.x.rows &&  // else no row has a say in what is shortest
                     std::any_of(alphas.begin(), alphas.end(),
                                 [&](double alpha) { return state_->needs_refit(alpha); });
  const auto visit = [&](const LeftOutBlock& block) {
    auto& sums = partial[static_cast<std::size_t>(block.chunk)];
    sums.resize(static_cast<std::size_t>(fits));
    for (Index k = 0; k < block.rows; ++k) {
      const Index i = block.row + k;
      const double* e = block.error + k * fits;
      if (refit || std::any_of(e, e + fits, [](double v) { return std::isnan(v); })) {
        odd[static_cast<std::size_t>(block.chunk)].push_back(i);
        continue;
      }
      const double w = state_->plain_weight(i);
      for (Index f = 0; f < fits; ++f) sums[static_cast<std::size_t>(f)] += w * e[f] * e[f];
      for (Index f = 0; f < fits && !predictions.empty(); ++f) {
        predictions[static_cast<std::size_t>(i * fits + f)] = data.y(i, f / n_alphas) - e[f];
      }
    }
  };
  if (!state_->method->leave_one_out(alphas, visit)) return false;
  std::vector<double> total(static_cast<std::size_t>(fits), 0.0);
  for (const auto& sums : partial) {
    for (std::size_t f = 0; f < sums.size(); ++f) total[f] += sums[f];
  }
  std::vector<double> row(static_cast<std::size_t>(fits));
  for (const auto& rows : odd) {
    for (const Index i : rows) {
      const double w = state_->plain_weight(i);
      if (w == 0.0 && predictions.empty()) continue;
      if (!state_->refit_row(i, alphas, row.data())) return false;
      for (Index f = 0; f < fits; ++f) {
        const auto u = static_cast<std::size_t>(f);
        total[u] += w * std::pow(data.y(i, f / n_alphas) - row[u], 2);
        if (!predictions.empty()) predictions[static_cast<std::size_t>(i * fits) + u] = row[u];
      }
    }
  }
  for (Index a = 0; a < n_alphas; ++a) {
    for (Index t = 0; t < data.y.cols; ++t) {
      sse[static_cast<std::size_t>(a * data.y.cols + t)] =
          total[static_cast<std::size_t>(t * n_alphas + a)];
    }
  }
  return true;
}

template <Real T>
bool RidgePath<T>::leverages(std::span<const double> alphas, std::span<double> h) {
  const Index n = state_->data.x.rows;
  const auto n_alphas = static_cast<Index>(alphas.size());
  return state_->method->leave_one_out(alphas, [&](const LeftOutBlock& block) {
    for (Index k = 0; k < block.rows; ++k) {
      for (Index a = 0; a < n_alphas; ++a) {
        h[static_cast<std::size_t>(a * n + block.row + k)] = block.leverage[k * n_alphas + a];
      }
    }
  });
}

template <Real T>
SolveInfo RidgePath<T>::fit(std::span<const double> alpha, std::span<double> coef,
                            std::span<double> intercept) {
  auto data = state_->data;
  data.alpha = alpha;
  const KnownProducts<T> known{.moments = state_->method->moments(),
                               .dual = state_->method->dual_system()};
  return ridge_from_products(data, known, state_->options, state_->problem->monitor(), coef,
                             intercept);
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
  return state_->method->basis(out.data());
}

template class RidgePath<double>;
template class RidgePath<float>;
template RidgePath<double>::RidgePath(const SparseView<double>&, const RidgeData<double>&,
                                      const RidgeOptions&, Monitor&);
template RidgePath<double>::RidgePath(const SparseView<float>&, const RidgeData<double>&,
                                      const RidgeOptions&, Monitor&);

}  // namespace elltwo
