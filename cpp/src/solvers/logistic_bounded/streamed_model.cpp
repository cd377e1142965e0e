#include "solvers/logistic_bounded/streamed_model.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/sum_over.hpp"

namespace elltwo {
namespace {

constexpr int most_products = 500;  // with the matrix, for one solution

/// Relative residual of a solution, in the preconditioner's norm.
constexpr double solution_accuracy = 1e-3;

/// Mean curvature that the diagonal has at least, and the part of the diagonal that is added to the
/// matrix.
constexpr double least_curvature = 1e-12;

}  // namespace

template <Real T>
void StreamedBoxModel<T>::refresh(const LogisticPoint& at, const LogisticRows& rows) {
  rows_ = &rows;
  curvature_ = Buffer<double>(at.curvature.size());
  std::copy(at.curvature.begin(), at.curvature.end(), curvature_.begin());
  diagonal_.clear();
  for (Index k = 0; k < problem_.n_outputs(); ++k) {
    const double* p = curvature_.data() + k * rows.n;
    const double mean = sum_over(rows.n,
                                 [&](Index i) {
                                   if (problem_.n_outputs() == 1) return p[i];
                                   return rows.weight_of(i) * p[i] * (1.0 - p[i]);
                                 }) /
                        problem_.weight();
    for (const Index j : this->columns()) {
      const double size = problem_.column_size(j);
      diagonal_.push_back(std::max(mean, least_curvature) * size * size);
    }
  }
}

template <Real T>
void StreamedBoxModel<T>::multiply(const double* v, double* product) {
  auto point = Buffer<double>::zeros(problem_.size());
  double common = 0.0;
  for (Index i = 0; i < this->size(); ++i) {
    point[this->index_in_point(i)] = v[i];
    if (this->is_intercept(i)) common += v[i];
  }
  const auto map = [this](Index k0, Index kc, double* z, Index ld) {
    multiply_by_curvature(*rows_, problem_.n_outputs(), curvature_.data(), k0, kc, z, ld);
  };
  const auto adjoint = problem_.pass(*rows_, point.data(), map);
  for (Index i = 0; i < this->size(); ++i) {
    product[i] = adjoint[this->index_in_point(i)] + this->penalty(i) * v[i] +
                 least_curvature * diagonal_[i] * v[i];
    if (this->is_intercept(i)) product[i] += this->common_curvature() * common;
  }
}

// Conjugate gradients with a diagonal preconditioner (Nocedal and Wright, 2nd ed., algorithm 5.3).
template <Real T>
void StreamedBoxModel<T>::solve(const std::vector<Index>& free, const double* slope, double* d) {
  const auto f = free.size();
  const Index m = this->size();
  std::fill_n(d, m, 0.0);
  std::vector<double> r(f), y(f);
  auto direction = Buffer<double>::zeros(m);
  Buffer<double> product(m);
  const auto precondition = [&] {  // y = M^-1 r; returns r . y
    double ry = 0.0;
    for (std::size_t a = 0; a < f; ++a) {
      y[a] = r[a] / diagonal(free[a]);
      ry += y[a] * r[a];
    }
    return ry;
  };
  for (std::size_t a = 0; a < f; ++a) r[a] = slope[free[a]];
  double ry = precondition();
  const double goal = solution_accuracy * solution_accuracy * ry;
  for (std::size_t a = 0; a < f; ++a) direction[free[a]] = y[a];
  for (int k = 0; k < most_products && ry > goal; ++k) {
    multiply(direction.data(), product.data());
    double curvature = 0.0;
    for (const Index v : free) curvature += direction[v] * product[v];
    if (!(curvature > 0.0)) return;
    const double length = ry / curvature;
    for (std::size_t a = 0; a < f; ++a) {
      d[free[a]] += length * direction[free[a]];
      r[a] -= length * product[free[a]];
    }
    const double before = ry;
    ry = precondition();
    for (std::size_t a = 0; a < f; ++a) {
      direction[free[a]] = y[a] + ry / before * direction[free[a]];
    }
  }
}

template class StreamedBoxModel<double>;
template class StreamedBoxModel<float>;

}  // namespace elltwo
