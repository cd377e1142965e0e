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
#include "solvers/ridge_path/units.hpp"
#include "solvers/shared/results.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

ScaledMoments copied(const ScaledMoments& m) {
  return {.n_features = m.n_features,
          .n_targets = m.n_targets,
          .weight = m.weight,
          .gram = m.gram.copy(),
          .x_mean = m.x_mean,
          .y_mean = m.y_mean,
          .noise = m.noise};
}

}  // namespace

template <Real T>
struct RidgePath<T>::State {
  RidgeData<T> data;
  RidgeOptions options;
  double alpha = 1.0;                    // the penalty in data, in the place of those to come
  SparseRows<T> rows{};                  // the rows of a sparse X, about x_shift
  std::vector<double> x_shift;           // one for every column of a sparse X; empty for zeros
  std::optional<DataInUnits<T>> scaled;  // what the method works on, if not data
  std::optional<Problem<T>> problem;
  std::unique_ptr<PathMethod<T>> method;
  std::vector<double> eigenvalues;       // in the user's units
  bool of_moments = false;               // whether the rows are gone
  SumUnits moment_units;                 // those of their moments
  std::optional<ScaledMoments> moments;  // in these units, if the method works on others
  std::optional<double> decomposed_for;  // the smallest alpha of decompose()
  Monitor& monitor;

  State(const RidgeData<T>& given, const RidgeOptions& given_options, Monitor& given_monitor)
      : data(given), options(given_options), monitor(given_monitor) {
    data.alpha = {&alpha, 1};
    validate(data, options);
    choose();
  }

  template <Real S>
  State(const SparseView<S>& x, const RidgeData<T>& given, const RidgeOptions& given_options,
        Monitor& given_monitor)
      : data(given), options(given_options), monitor(given_monitor) {
    data.x = {nullptr, x.rows, x.cols, 0, 0};
    data.alpha = {&alpha, 1};
    validate(data, options);
    rows = widened(checked_rows(x, options.n_threads));
    if (options.fit_intercept && !options.penalize_intercept) x_shift = shift_full_columns(rows);
    choose();
  }

  State(const Moments& given_moments, const RidgeData<T>& given, const RidgeOptions& given_options,
        Monitor& given_monitor)
      : data(given), options(given_options), of_moments(true), monitor(given_monitor) {
    data.x = {nullptr, given_moments.n_rows(), given_moments.n_features(), 0, 0};
    data.y = {nullptr, given_moments.n_rows(), given_moments.n_targets(), 0, 0};
    data.alpha = {&alpha, 1};
    validate(data, options);
    auto known = moments_for(given_moments, options.fit_intercept, options, moment_units);
    const bool plain = moment_units.weight == 1.0 &&
                       std::ranges::all_of(moment_units.column, [](double s) { return s == 1.0; });
    if (!plain) {
      choose_in_units(known);
      return;
    }
    problem.emplace(data, options, monitor, moment_units);
    method = std::make_unique<PrimalPath<T>>(*problem, std::move(known));
  }

  const SparseRows<T>* sparse() const { return rows.start != nullptr ? &rows : nullptr; }

  const RidgeData<T>& data_of_method() const { return scaled ? scaled->data() : data; }

  // The method for the problem in the units in which it is given.
  void choose() {
    problem.emplace(data_of_method(), options, monitor, scaled ? scaled->sparse() : sparse());
    Index columns = options.fit_intercept && options.penalize_intercept ? 1 : 0;
    for (Index j = 0; j < data.x.cols; ++j) {
      if (problem->raw_penalty(j, 1.0) < infinity) ++columns;
    }
    if (columns > data.x.rows) method = std::make_unique<DualPath<T>>(*problem);
    else method = std::make_unique<PrimalPath<T>>(*problem);
  }

  // The method for the problem in units that bring it into range.
  void choose_in_units() {
    if (of_moments) {
      choose_in_units(*method->moments());
      return;
    }
    scaled.emplace(data, sparse(), options, monitor);
    choose();
  }

  void choose_in_units(const ScaledMoments& known) {
    moments.emplace(copied(known));
    auto in_units = copied(known);
    scaled.emplace(data, options, moment_units, in_units);
    problem.emplace(scaled->data(), options, monitor);
    method = std::make_unique<PrimalPath<T>>(*problem, std::move(in_units));
  }

  double in_units(double alpha) const { return scaled ? scaled->units().alpha(alpha) : alpha; }

  std::vector<double> in_units(std::span<const double> alphas) const {
    return scaled ? scaled->alphas(alphas) : std::vector<double>(alphas.begin(), alphas.end());
  }

  void decompose(double smallest_alpha) {
    try {
      method->decompose(in_units(smallest_alpha));
    } catch (const OutOfRange&) {
      if (scaled) throw;
      choose_in_units();
      method->decompose(in_units(smallest_alpha));
    }
    eigenvalues = method->eigenvalues();
    if (scaled) scaled->units().restore_eigenvalues(eigenvalues);
    decomposed_for = smallest_alpha;
  }

  // Whether a few alphas were visited without a decomposition.
  bool visit_factored(std::span<const double> alphas, const LeftOutVisit& visit) {
    if (decomposed_for.has_value()) return false;
    try {
      return method->leave_one_out_factored(alphas, visit);
    } catch (const OutOfRange&) {
      return false;
    }
  }

  void require_rows() const {
    if (!of_moments) return;
    throw std::invalid_argument(
        "leverages, residuals and leave-one-out errors need the rows, which moments do not keep");
  }

  double plain_weight(Index i) const {
    return data.sample_weight.empty() ? 1.0 : data.sample_weight[i];
  }

  void coefficients(std::span<const double> alphas, std::span<double> coef,
                    std::span<double> intercept);
  void basis(std::span<double> out) const;
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

// The matrix of the method is 2^weight D A D, D having 2^x for features and 1 for the intercept,
// and its eigenvalues count in the unit of its penalty.
template <Real T>
void RidgePath<T>::State::basis(std::span<double> out) const {
  method->basis(out.data());
  if (!scaled) return;
  const auto& units = scaled->units();
  const Index all = method->n_directions();
  const Index free = all - static_cast<Index>(eigenvalues.size());
  const Index p = data.x.cols;
  for (Index j = 0; j <= p; ++j) {
    const int own = j < p ? units.x : 0;
    for (Index k = 0; k < all; ++k) {
      const int factor = k < free ? units.weight / 2 : units.factor / 2 - units.x;
      out[j * all + k] = std::ldexp(out[j * all + k], own + factor);
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
  return completed([&] { state_->decompose(smallest_alpha); });
}

template <Real T>
Solver RidgePath<T>::solver() const {
  return state_->method->solver();
}

template <Real T>
std::span<const double> RidgePath<T>::eigenvalues() const {
  return state_->eigenvalues;
}

template <Real T>
Index RidgePath<T>::n_unpenalised() const {
  return state_->method->n_unpenalised();
}

template <Real T>
bool RidgePath<T>::coefficients(std::span<const double> alphas, std::span<double> coef,
                                std::span<double> intercept) {
  return completed([&] {
    state_->coefficients(alphas, coef, intercept);
    require_finite_results({coef, state_->data.x.cols, intercept});
  });
}

template <Real T>
void RidgePath<T>::State::coefficients(std::span<const double> alphas, std::span<double> coef,
                                       std::span<double> intercept) {
  method->coefficients(in_units(alphas), coef, intercept);
  const Index p = data.x.cols;
  const Index n_targets = data.y.cols;
  if (scaled) {
    scaled->units().restore_coefficients(coef, p);
    scaled->units().restore_intercepts(intercept);
  }
  for (std::size_t a = 0; a < alphas.size(); ++a) {
    if (!scaled || scaled->units().has(alphas[a])) continue;
    const auto one = alphas.subspan(a, 1);
    const std::size_t first = a * n_targets;
    if (of_moments) {
      fit(one, coef.subspan(first * p, n_targets * p), intercept.subspan(first, n_targets));
      continue;
    }
    for (Index t = 0; t < n_targets; ++t) {
      const std::size_t row = first + t;
      refit_target<T>({data, sparse(), options, problem->monitor()}, t, one,
                      coef.subspan(row * p, p), intercept.subspan(row, 1));
    }
  }
  unshift_intercepts(x_shift, coef, intercept);
}

template <Real T>
SolveInfo RidgePath<T>::State::fit(std::span<const double> alphas, std::span<double> coef,
                                   std::span<double> intercept) {
  auto with_alphas = data;
  with_alphas.alpha = alphas;
  KnownProducts<T> known{.units = of_moments ? &moment_units : nullptr};
  if (!scaled) {
    known.moments = method->moments();
    known.dual = method->dual_system();
  } else if (of_moments) {
    known.moments = &*moments;
  }
  return ridge_from_products(with_alphas, known, options, problem->monitor(), coef, intercept);
}

template <Real T>
void RidgePath<T>::measures(std::span<const double> alphas, std::span<double> edf,
                            std::span<double> rss) const {
  const Index n_targets = state_->data.y.cols;
  const auto n_alphas = static_cast<Index>(alphas.size());
  const auto& values = state_->method->eigenvalues();
  const auto in_units = state_->in_units(alphas);
  const double work = 20.0 * static_cast<double>(n_alphas * state_->data.y.cols) *
                      static_cast<double>(values.size());
  TaskCounter tasks(n_alphas);
  run_team(threads_for(state_->options.n_threads, work), [&](TeamMember&) {
    for (Index task = 0; tasks.next(task);) {
      const double alpha = in_units[task];
      edf[task] = static_cast<double>(n_unpenalised());
      for (const double s : values) edf[task] += std::isinf(alpha) ? 0.0 : s / (s + alpha);
      state_->method->residual_squares(alpha, rss.data() + task * n_targets);
    }
  });
  for (std::size_t i = 0; i < rss.size(); ++i) {
    const double unit = state_->problem->y_scale(static_cast<Index>(i % n_targets));
    rss[i] = rss[i] / state_->problem->weight_scale() / unit / unit;
  }
  if (state_->scaled) state_->scaled->units().restore_squared_errors(rss);
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
  const Index n_targets = data.y.cols, fits = n_targets * n_alphas;
  const auto weight_of = [&](Index i) {  // in the units of the method, which decompose() may choose
    const auto& weights = data_of_method().sample_weight;
    return weights.empty() ? 1.0 : weights[i];
  };
  // An error in the units of the method, or times = -1: of the method in the user's units.
  const auto to_units = [&](double error, Index f, int times = 1) {
    return scaled ? std::ldexp(error, times * scaled->units().y[f / n_alphas]) : error;
  };
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
      const double w = weight_of(i);
      for (Index f = 0; f < fits; ++f) sums[f] += w * e[f] * e[f];
      for (Index f = 0; f < fits && !predictions.empty(); ++f) {
        predictions[i * fits + f] = data.y(i, f / n_alphas) - to_units(e[f], f, -1);
      }
    }
  };
  if (!visit_factored(alphas, visit)) {
    const double smallest = *std::ranges::min_element(alphas);
    if (!decomposed_for.has_value() || smallest < *decomposed_for) decompose(smallest);
    method->leave_one_out(in_units(alphas), visit);
  }
  std::vector<double> total(fits, 0.0);
  for (const auto& sums : partial) {
    for (std::size_t f = 0; f < sums.size(); ++f) total[f] += sums[f];
  }
  std::vector<double> row(fits);
  for (const auto& rows : odd) {
    for (const Index i : rows) {
      const double w = weight_of(i);
      if (w == 0.0 && predictions.empty()) continue;
      refit_row(i, alphas, row.data());
      for (Index f = 0; f < fits; ++f) {
        total[f] += w * std::pow(to_units(data.y(i, f / n_alphas) - row[f], f), 2);
        if (!predictions.empty()) predictions[(i * fits) + f] = row[f];
      }
    }
  }
  for (Index a = 0; a < n_alphas; ++a) {
    for (Index t = 0; t < data.y.cols; ++t) {
      sse[a * data.y.cols + t] = total[t * n_alphas + a];
    }
  }
  if (scaled) scaled->units().restore_squared_errors(sse);
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
  return completed([&] { state_->method->leave_one_out(state_->in_units(alphas), visit); });
}

template <Real T>
SolveInfo RidgePath<T>::fit(std::span<const double> alpha, std::span<double> coef,
                            std::span<double> intercept) {
  return fit_of({coef, state_->data.x.cols, intercept},
                [&] { return state_->fit(alpha, coef, intercept); });
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
  return completed([&] { state_->basis(out); });
}

template class RidgePath<double>;
template class RidgePath<float>;
template RidgePath<double>::RidgePath(const SparseView<double>&, const RidgeData<double>&,
                                      const RidgeOptions&, Monitor&);
template RidgePath<double>::RidgePath(const SparseView<float>&, const RidgeData<double>&,
                                      const RidgeOptions&, Monitor&);

}  // namespace elltwo
