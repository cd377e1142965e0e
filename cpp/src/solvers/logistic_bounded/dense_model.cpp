#include <algorithm>
#include <cmath>

#include "linalg/blas.hpp"
#include "parallel/interruption.hpp"
#include "solvers/logistic_bounded/model.hpp"
#include "solvers/shared/box.hpp"

namespace elltwo {
namespace {

constexpr double least_damping = 1e-13;  // of the diagonal, so that faces can be factored
constexpr int most_sweeps = 20;
constexpr double pass_operations = 30.0;  // a row and variable, in the time of so many of products

// sqrt(|c|) with c = w p_k ([k = l] - p_l) of each row.
Buffer<double> root_curvature(const LogisticPoint& at, const LogisticRows& rows, Index k, Index l,
                              bool binomial) {
  Buffer<double> root(rows.n);
  const double* p = at.curvature.data() + k * rows.n;
  const double* q = at.curvature.data() + l * rows.n;
  for (Index i = 0; i < rows.n; ++i) {
    const double w = rows.weights() != nullptr ? rows.weights()[i] : 1.0;
    root[i] = std::sqrt(binomial ? p[i] : w * p[i] * (k == l ? 1.0 - p[i] : q[i]));
  }
  return root;
}

}  // namespace

template <Real T>
double DenseBoxModel<T>::cost() const {
  const auto outputs = static_cast<double>(problem_.n_outputs());
  const auto n = static_cast<double>(problem_.rows().n);
  const auto m = static_cast<double>(this->size());
  const double products = n * m * m * (outputs + 1.0) / (2.0 * outputs);
  return 1.0 + products / (pass_operations * n * m + m * m * m / 3.0);
}

template <Real T>
void DenseBoxModel<T>::change_penalty() {
  LogisticBoxModel<T>::change_penalty();
  factored_.clear();
}

// Few columns of many are copied side by side.
template <Real T>
Source<T> DenseBoxModel<T>::gathered(const LogisticRows& rows) {
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

template <Real T>
void DenseBoxModel<T>::take_block(Index k, Index l, const GramMatrix& gram, double sign) {
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
bool DenseBoxModel<T>::refresh(const LogisticPoint& at, const LogisticRows& rows) {
  const Index outputs = problem_.n_outputs();
  const Index m = this->size();
  const Index c = this->n_columns();
  auto source = gathered(rows);
  hessian_ = Buffer<double>(m * m);
  GramMatrix gram_matrix;
  for (Index k = 0; k < outputs; ++k) {
    for (Index l = k; l < outputs; ++l) {
      const auto root = root_curvature(at, rows, k, l, outputs == 1);
      source.row_scale = root.data();
      const auto form = [&] {
        gram_matrix = gram<T, double>(source, problem_.options().n_threads, problem_.monitor());
      };
      if (!completed(form)) return false;
      take_block(k, l, gram_matrix, k == l ? 1.0 : -1.0);
    }
  }
  damping_.resize(m);
  for (Index v = 0; v < m; ++v) {
    const double size = problem_.column_size(this->columns()[v % c]);
    const double curvature = std::max(hessian_[v * m + v], 1e-12 * size * size);
    damping_[v] = std::max(least_damping * curvature, 1e-290);
    if (!this->is_intercept(v)) continue;
    for (Index k = 0; k < outputs; ++k) {
      hessian_[v * m + k * c + v % c] += this->shared_curvature();
    }
  }
  factored_.clear();
  return true;
}

template <Real T>
bool DenseBoxModel<T>::multiply(const double* v, double* product) {
  const Index m = this->size();
  blas::gemm(blas::Op::none, blas::Op::none, m, 1, m, 1.0, hessian_.data(), m, v, m, 0.0, product,
             m);
  for (Index i = 0; i < m; ++i) {
    product[i] += (this->penalty(i) + damping_[i]) * v[i];
  }
  return !problem_.monitor().should_stop();
}

template <Real T>
bool DenseBoxModel<T>::factor(const std::vector<Index>& free) {
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
    bool definite = false;
    const auto factor_system = [&] {
      definite = system_->factor(problem_.options().n_threads, problem_.monitor());
    };
    if (!completed(factor_system)) return false;
    if (definite) break;
    for (double& d : damping_) d *= 100.0;
  }
  rcond_ = system_->rcond();
  factored_ = free;
  return true;
}

template <Real T>
bool DenseBoxModel<T>::solve(const std::vector<Index>& free, const double* slope, double* d) {
  std::fill_n(d, this->size(), 0.0);
  if (free.empty()) return true;
  if (factored_ != free && !factor(free)) return false;
  const auto f = static_cast<Index>(free.size());
  Buffer<double> rhs(f);
  for (Index c = 0; c < f; ++c) rhs[c] = slope[free[c]];
  system_->solve(rhs.data(), 1, f, 1);
  for (Index c = 0; c < f; ++c) d[free[c]] = rhs[c];
  return true;
}

// Sweeps of coordinate descent (Hildreth 1957) until none brings a variable to a bound or takes one off.
template <Real T>
bool DenseBoxModel<T>::relax(const Box& box, Buffer<double>& z, Buffer<double>& slope) {
  const Index m = this->size();
  bool changed = true;
  for (int sweep = 0; sweep < most_sweeps && changed; ++sweep) {
    changed = false;
    for (Index j = 0; j < m; ++j) {
      const double from = z[j];
      const double to = clipped(box, j, from + slope[j] / (diagonal(j)));
      if (to == from) continue;
      const auto free = [&](double v) { return lower_of(box, j) < v && v < upper_of(box, j); };
      changed = changed || free(from) != free(to);
      z[j] = to;
      const double* column = hessian_.data() + j * m;
      for (Index i = 0; i < m; ++i) slope[i] -= (to - from) * column[i];
      slope[j] -= (to - from) * (this->penalty(j) + damping_[j]);
    }
    this->level(box, z, slope);
    if (problem_.monitor().should_stop()) return false;
  }
  return true;
}

template class DenseBoxModel<double>;
template class DenseBoxModel<float>;

}  // namespace elltwo
