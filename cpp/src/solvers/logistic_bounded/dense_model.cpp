#include "solvers/logistic_bounded/dense_model.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/blas.hpp"
#include "parallel/interruption.hpp"
#include "solvers/shared/box.hpp"
#include "solvers/shared/sparse_costs.hpp"

namespace elltwo {
namespace {

/// Part of the diagonal that is added to it, so that any free variables can be factored.
constexpr double least_damping = 1e-13;

constexpr int most_sweeps = 20;  // of coordinate descent

/// Operations of a Gram matrix in the time that a pass takes for each row and variable.
constexpr double operations_of_pass = 30.0;

/// Operations of a dense Gram matrix in the time of one product of two sparse values.
constexpr double sparse_product = seconds_per_gram_product / seconds_per_flop;

// |h| with h = w p_k ([k = l] - p_l) of each row, of two classes w p (1 - p).
Buffer<double> size_of_curvature(const LogisticPoint& at, const LogisticRows& rows, Index k,
                                 Index l, bool binomial) {
  Buffer<double> size(rows.n);
  const double* p = at.curvature.data() + k * rows.n;
  const double* q = at.curvature.data() + l * rows.n;
  for (Index i = 0; i < rows.n; ++i) {
    const double w = rows.weight_of(i);
    size[i] = binomial ? p[i] : w * p[i] * (k == l ? 1.0 - p[i] : q[i]);
  }
  return size;
}

}  // namespace

template <Real T>
double DenseBoxModel<T>::cost() const {
  const auto outputs = static_cast<double>(problem_.n_outputs());
  const auto n = static_cast<double>(problem_.rows().n);
  const auto m = static_cast<double>(this->size());
  double products = n * m * m * (outputs + 1.0) / (2.0 * outputs);
  double values = n * m;
  if (const auto* matrix = problem_.matrix()) {
    products = sparse_product * matrix->n_gram_products() * outputs * (outputs + 1.0) / 2.0;
    values = matrix->n_values() * outputs;
  }
  return 1.0 + products / (operations_of_pass * values + m * m * m / 3.0);
}

template <Real T>
void DenseBoxModel<T>::change_penalty() {
  LogisticBoxModel<T>::change_penalty();
  factored_.clear();
}

// The columns of the model. If they are not all of X they are copied side by side.
template <Real T>
Source<T> DenseBoxModel<T>::active_source(const LogisticRows& rows) {
  auto source = problem_.source(rows);
  const auto& columns = this->columns();
  const Index n_features = this->n_columns() - (source.ones ? 1 : 0);
  if (n_features == source.x.cols) return source;
  shift_.clear();
  scale_.clear();
  values_ = Buffer<T>(rows.n * n_features);
  for (Index c = 0; c < n_features; ++c) {
    const Index j = columns[c];
    T* out = values_.data() + c * rows.n;
    for (Index k = 0; k < rows.n; ++k) out[k] = source.x(source.source_row(k), j);
    shift_.push_back(source.col_shift[j]);
    scale_.push_back(source.col_scale[j]);
  }
  source.x = {values_.data(), rows.n, n_features, 1, rows.n};
  source.row_index = nullptr;
  source.col_shift = shift_.data();
  source.col_scale = scale_.data();
  return source;
}

// Products of the columns in rows of some weights, which become their square roots where the
// columns are dense.
template <Real T>
GramMatrix DenseBoxModel<T>::weighted_gram(Source<T>& source, Buffer<double>& weight) const {
  if (auto* matrix = problem_.matrix()) return matrix->gram(this->columns(), weight.data());
  std::ranges::transform(weight, weight.begin(), [](double w) { return std::sqrt(w); });
  source.row_scale = weight.data();
  return gram<T, double>(source, problem_.options().n_threads, problem_.monitor());
}

template <Real T>
void DenseBoxModel<T>::set_block(Index k, Index l, const GramMatrix& gram, double sign) {
  const Index c = this->n_columns();
  const Index m = this->size();
  for (Index i = 0; i < c; ++i) {
    for (Index j = 0; j < c; ++j) {
      const double value = sign * gram(std::min(i, j), std::max(i, j));
      hessian_[(k * c + i) * m + l * c + j] = value;
      hessian_[(l * c + i) * m + k * c + j] = value;
    }
  }
}

template <Real T>
void DenseBoxModel<T>::refresh(const LogisticPoint& at, const LogisticRows& rows) {
  const Index outputs = problem_.n_outputs();
  const Index m = this->size();
  const Index c = this->n_columns();
  auto source = problem_.matrix() == nullptr ? active_source(rows) : Source<T>{};
  hessian_ = Buffer<double>(m * m);
  for (Index k = 0; k < outputs; ++k) {
    for (Index l = k; l < outputs; ++l) {
      auto weight = size_of_curvature(at, rows, k, l, outputs == 1);
      set_block(k, l, weighted_gram(source, weight), k == l ? 1.0 : -1.0);
    }
  }
  damping_.resize(m);
  for (Index v = 0; v < m; ++v) {
    const double size = problem_.column_size(this->columns()[v % c]);
    const double curvature = std::max(hessian_[v * m + v], 1e-12 * size * size);
    damping_[v] = std::max(least_damping * curvature, 1e-290);
    if (!this->is_intercept(v)) continue;
    for (Index k = 0; k < outputs; ++k) {
      hessian_[v * m + k * c + v % c] += this->common_curvature();
    }
  }
  factored_.clear();
}

template <Real T>
void DenseBoxModel<T>::multiply(const double* v, double* product) {
  const Index m = this->size();
  blas::gemm(blas::Op::none, blas::Op::none, m, 1, m, 1.0, hessian_.data(), m, v, m, 0.0, product,
             m);
  for (Index i = 0; i < m; ++i) {
    product[i] += (this->penalty(i) + damping_[i]) * v[i];
  }
  check(problem_.monitor());
}

// Factors the free variables, with more damping if they are indefinite by rounding.
template <Real T>
void DenseBoxModel<T>::factor(const std::vector<Index>& free) {
  const auto f = static_cast<Index>(free.size());
  const Index m = this->size();
  for (;;) {
    Buffer<double> lower(f * f);
    for (Index c = 0; c < f; ++c) {
      const Index i = free[c];
      for (Index r = c; r < f; ++r) lower[c * f + r] = hessian_[i * m + free[r]];
      lower[c * f + c] += this->penalty(i) + damping_[i];
    }
    system_.emplace(f, std::move(lower));
    if (system_->factor(problem_.options().n_threads, problem_.monitor())) break;
    for (double& d : damping_) d *= 100.0;
  }
  rcond_ = system_->rcond();
  factored_ = free;
}

template <Real T>
void DenseBoxModel<T>::solve(const std::vector<Index>& free, const double* slope, double* d) {
  std::fill_n(d, this->size(), 0.0);
  if (free.empty()) return;
  if (factored_ != free) factor(free);
  const auto f = static_cast<Index>(free.size());
  Buffer<double> rhs(f);
  for (Index c = 0; c < f; ++c) rhs[c] = slope[free[c]];
  system_->solve(rhs.data(), 1, f, 1);
  for (Index c = 0; c < f; ++c) d[free[c]] = rhs[c];
}

// Sweeps of coordinate descent (Hildreth 1957) until no variable reaches or leaves a bound in a
// sweep.
template <Real T>
void DenseBoxModel<T>::relax(const Box& box, Buffer<double>& z, Buffer<double>& slope) {
  const Index m = this->size();
  bool changed = true;
  for (int sweep = 0; sweep < most_sweeps && changed; ++sweep) {
    changed = false;
    for (Index j = 0; j < m; ++j) {
      const double from = z[j];
      const double to = clipped(box, j, from + slope[j] / diagonal(j));
      if (to == from) continue;
      const auto free = [&](double v) { return lower_of(box, j) < v && v < upper_of(box, j); };
      changed = changed || free(from) != free(to);
      z[j] = to;
      const double* column = hessian_.data() + j * m;
      for (Index i = 0; i < m; ++i) slope[i] -= (to - from) * column[i];
      slope[j] -= (to - from) * (this->penalty(j) + damping_[j]);
    }
    this->centre_over_classes(box, z, slope);
    check(problem_.monitor());
  }
}

template class DenseBoxModel<double>;
template class DenseBoxModel<float>;

}  // namespace elltwo
