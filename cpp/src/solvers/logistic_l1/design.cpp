#include "solvers/logistic_l1/design.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/buffer.hpp"
#include "parallel/interruption.hpp"
#include "solvers/logistic/intercepts.hpp"
#include "solvers/logistic/problem.hpp"
#include "solvers/logistic_sparse/design.hpp"
#include "sparse/reshape.hpp"

namespace elltwo {
namespace {

/// The rows of a dense matrix that are fitted, copied by columns.
template <Real T>
struct GatheredRows {
  Buffer<T> values;

  GatheredRows(const MatrixView<T>& x, const LogisticRows& rows, Monitor& monitor)
      : values(rows.n * x.cols) {
    for (Index j = 0; j < x.cols; ++j) {
      if (j % 64 == 0) check(monitor);
      for (Index k = 0; k < rows.n; ++k) values[j * rows.n + k] = x(rows.row(k), j);
    }
  }
};

/// The intercepts at which a fit starts become part of the offsets, unless they are already.
void add_null_intercepts(LogisticL1Design& design, bool has_offset) {
  design.null_intercept.resize(design.outputs, 0.0);
  if (has_offset || !design.has_intercept) return;
  design.null_intercept =
      null_intercepts({design.n, design.outputs, design.label.data(), design.weights()});
  for (Index k = 0; k < design.outputs; ++k) {
    double* o = design.offset.data() + k * design.n;
    for (Index i = 0; i < design.n; ++i) o[i] += design.null_intercept[k];
  }
}

/// offset_k += sum_j (z_j / s_j) m_kj over the columns that are not constant, a block at a time.
void add_prior_predictor(LogisticL1Design& design) {
  if (design.prior.empty()) return;
  constexpr Index at_once = 64;
  std::vector<Index> used;
  for (Index j = 0; j < design.p; ++j) {
    bool any = false;
    for (Index k = 0; k < design.outputs; ++k) any = any || design.prior_of(k, j) != 0.0;
    if (any && design.size[j] > 0.0) used.push_back(j);
  }
  std::vector<double> part(design.offset.size());
  for (std::size_t first = 0; first < used.size(); first += at_once) {
    const auto count = static_cast<Index>(std::min<std::size_t>(at_once, used.size() - first));
    const std::span<const Index> columns(used.data() + first, count);
    design.columns->select(columns);
    std::vector<Index> places(count);
    std::vector<double> coef(design.outputs * count);
    for (Index i = 0; i < count; ++i) places[i] = i;
    for (Index k = 0; k < design.outputs; ++k) {
      for (Index i = 0; i < count; ++i) {
        coef[k * count + i] = design.prior_of(k, columns[i]) / design.scale[columns[i]];
      }
    }
    design.columns->combine(places, design.outputs, coef.data(), part.data());
    for (std::size_t i = 0; i < part.size(); ++i) design.offset[i] += part[i];
    design.columns->keep({});
  }
}

}  // namespace

template <Real T>
LogisticL1Design dense_l1_design(const LogisticData<T>& data, const LogisticOptions& options,
                                 Monitor& monitor) {
  LogisticProblem<T> problem(data, options, monitor);
  problem.prepare();
  const auto& rows = problem.rows();
  LogisticL1Design design;
  design.n = rows.n;
  design.p = data.x.cols;
  design.outputs = data.n_outputs();
  design.has_intercept = options.fit_intercept;
  design.label = rows.label;
  design.weight = rows.weight;
  design.offset = rows.offset;
  design.offset.resize(design.outputs * design.n, 0.0);
  design.weight_scale = problem.weight_scale();
  design.total_weight = problem.weight();
  design.prior.assign(data.prior_mean.begin(), data.prior_mean.end());
  design.shift.resize(design.p);
  for (Index j = 0; j < design.p; ++j) {
    design.scale.push_back(problem.scale(j));
    design.centre.push_back(problem.shift(j));
    design.size.push_back(problem.column_size(j));
    design.shift[j] = problem.scale(j) * problem.shift(j);
  }
  for (Index k = 0; k < design.outputs; ++k) {
    design.null_intercept.push_back(problem.offset_shift(k));
  }
  auto x = data.x;
  if (!rows.index.empty()) {
    const auto gathered = std::make_shared<GatheredRows<T>>(x, rows, monitor);
    x = {gathered->values.data(), rows.n, x.cols, 1, rows.n};
    design.held = gathered;
  }
  add_null_intercepts(design, !data.offset.empty());
  design.columns = dense_columns(x, design.scale, design.shift, options.n_threads, monitor);
  add_prior_predictor(design);
  return design;
}

template <Real T>
LogisticL1Design sparse_l1_design(const SparseView<T>& x, const LogisticData<T>& data,
                                  const LogisticOptions& options, Monitor& monitor) {
  const SparseLogisticDesign<T> rows(checked_rows(x, options.n_threads), data, options);
  LogisticL1Design design;
  design.n = rows.n();
  design.p = rows.p();
  design.outputs = rows.outputs();
  design.has_intercept = options.fit_intercept;
  design.label.assign(rows.label.begin(), rows.label.end());
  if (rows.weight.data() != nullptr) design.weight.assign(rows.weight.begin(), rows.weight.end());
  design.offset.assign(design.outputs * design.n, 0.0);
  for (Index k = 0; rows.offset.data() != nullptr && k < design.outputs; ++k) {
    for (Index i = 0; i < design.n; ++i) {
      design.offset[k * design.n + i] = rows.offset[i * design.outputs + k];
    }
  }
  design.weight_scale = rows.weight_scale;
  design.total_weight = rows.total_weight;
  design.prior.assign(data.prior_mean.begin(), data.prior_mean.end());
  for (Index j = 0; j < design.p; ++j) {
    const double scale = rows.scale.empty() ? 1.0 : rows.scale[j];
    const double moved = rows.shift.empty() ? 0.0 : rows.shift[j];
    design.scale.push_back(scale);
    design.centre.push_back(moved + rows.mean[j] / scale);
    const bool constant = !(rows.spread[j] > 0.0);
    design.size.push_back(constant ? 0.0 : std::sqrt(rows.spread[j]));
  }
  design.null_intercept = rows.null_intercept;
  add_null_intercepts(design, !data.offset.empty());
  design.shift = rows.mean;
  design.columns =
      sparse_columns<T>(transposed(rows.x), {}, design.shift, options.n_threads, monitor);
  add_prior_predictor(design);
  return design;
}

template LogisticL1Design dense_l1_design<double>(const LogisticData<double>&,
                                                  const LogisticOptions&, Monitor&);
template LogisticL1Design dense_l1_design<float>(const LogisticData<float>&, const LogisticOptions&,
                                                 Monitor&);
template LogisticL1Design sparse_l1_design<double>(const SparseView<double>&,
                                                   const LogisticData<double>&,
                                                   const LogisticOptions&, Monitor&);
template LogisticL1Design sparse_l1_design<float>(const SparseView<float>&,
                                                  const LogisticData<float>&,
                                                  const LogisticOptions&, Monitor&);

}  // namespace elltwo
