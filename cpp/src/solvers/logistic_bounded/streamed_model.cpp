#include <algorithm>
#include <cmath>

#include "gram/stream.hpp"
#include "parallel/interruption.hpp"
#include "parallel/sum_over.hpp"
#include "solvers/logistic_bounded/model.hpp"

namespace elltwo {
namespace {

constexpr int most_products = 500;  // for a face
constexpr double forcing = 1e-3;    // residual that a solution may leave, relative
constexpr double least_curvature = 1e-12;

}  // namespace

template <Real T>
bool StreamedBoxModel<T>::refresh(const LogisticPoint& at, const LogisticRows& rows) {
  rows_ = &rows;
  curvature_ = Buffer<double>(at.curvature.size());
  std::copy(at.curvature.begin(), at.curvature.end(), curvature_.begin());
  diagonal_.clear();
  for (Index k = 0; k < problem_.n_outputs(); ++k) {
    const double* p = curvature_.data() + k * rows.n;
    const double mean = sum_over(rows.n,
                                 [&](Index i) {
                                   if (problem_.n_outputs() == 1) return p[i];
                                   return (rows.weights() != nullptr ? rows.weights()[i] : 1.0) *
                                          p[i] * (1.0 - p[i]);
                                 }) /
                        problem_.weight();
    for (const Index j : this->columns()) {
      const double size = problem_.column_size(j);
      diagonal_.push_back(std::max(mean, least_curvature) * size * size);
    }
  }
  return true;
}

// z = curvature of the rows' losses times z: h z, or w p_k (z_k - sum_l p_l z_l).
template <Real T>
void StreamedBoxModel<T>::curve(Index k0, Index kc, double* z, Index ld) const {
  const Index outputs = problem_.n_outputs();
  const Index n = rows_->n;
  for (Index i = 0; i < kc; ++i) {
    const double* p = curvature_.data() + k0 + i;
    if (outputs == 1) {
      z[i] *= p[0];
      continue;
    }
    double mean = 0.0;
    for (Index o = 0; o < outputs; ++o) mean += p[o * n] * z[o * ld + i];
    const double w = rows_->weights() != nullptr ? rows_->weights()[k0 + i] : 1.0;
    for (Index o = 0; o < outputs; ++o) z[o * ld + i] = w * p[o * n] * (z[o * ld + i] - mean);
  }
}

template <Real T>
bool StreamedBoxModel<T>::multiply(const double* v, double* product) {
  const Index outputs = problem_.n_outputs();
  auto all = Buffer<double>::zeros(problem_.size());
  double shared = 0.0;
  for (Index i = 0; i < this->size(); ++i) {
    all[this->place(i)] = v[i];
    if (this->is_intercept(i)) shared += v[i];
  }
  Buffer<double> adjoint;
  const auto map = [this](Index k0, Index kc, double* z, Index ld) { curve(k0, kc, z, ld); };
  const auto pass = [&] {
    adjoint = stream_pass(problem_.source(*rows_), outputs, all.data(), map,
                          problem_.options().n_threads, problem_.monitor());
  };
  if (!completed(pass)) return false;
  for (Index i = 0; i < this->size(); ++i) {
    product[i] =
        adjoint[this->place(i)] + this->penalty(i) * v[i] + least_curvature * diagonal_[i] * v[i];
    if (this->is_intercept(i)) product[i] += this->shared_curvature() * shared;
  }
  return true;
}

// Conjugate gradients with a diagonal preconditioner (Nocedal and Wright, 2nd ed., algorithm 5.3).
template <Real T>
bool StreamedBoxModel<T>::solve(const std::vector<Index>& free, const double* slope, double* d) {
  const auto f = free.size();
  const Index m = this->size();
  std::fill_n(d, m, 0.0);
  std::vector<double> r(f), y(f);
  auto direction = Buffer<double>::zeros(m);
  Buffer<double> product(m);
  const auto precondition = [&] {
    double square = 0.0;
    for (std::size_t a = 0; a < f; ++a) {
      y[a] = r[a] / diagonal(free[a]);
      square += y[a] * r[a];
    }
    return square;
  };
  for (std::size_t a = 0; a < f; ++a) r[a] = slope[free[a]];
  double square = precondition();
  const double goal = forcing * forcing * square;
  for (std::size_t a = 0; a < f; ++a) direction[free[a]] = y[a];
  for (int k = 0; k < most_products && square > goal; ++k) {
    if (!multiply(direction.data(), product.data())) return false;
    double bend = 0.0;
    for (const Index v : free) bend += direction[v] * product[v];
    if (!(bend > 0.0)) return true;
    const double length = square / bend;
    for (std::size_t a = 0; a < f; ++a) {
      d[free[a]] += length * direction[free[a]];
      r[a] -= length * product[free[a]];
    }
    const double before = square;
    square = precondition();
    for (std::size_t a = 0; a < f; ++a) {
      direction[free[a]] = y[a] + square / before * direction[free[a]];
    }
  }
  return true;
}

template class StreamedBoxModel<double>;
template class StreamedBoxModel<float>;

}  // namespace elltwo
