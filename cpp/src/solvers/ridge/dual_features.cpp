#include "solvers/ridge/dual_features.hpp"

#include <algorithm>
#include <cmath>

#include "parallel/row_blocks.hpp"
#include "sparse/gram.hpp"
#include "sparse/pass.hpp"

namespace elltwo {
namespace {

constexpr Index shift_rows = 16;  // rows whose mean is the provisional one

}  // namespace

template <Real T>
DualRoles dual_roles(const Problem<T>& problem, double alpha) {
  const Index p = problem.n_features();
  DualRoles roles;
  roles.penalised_intercept = problem.counts_intercept(alpha);
  roles.centred = problem.centred() && !problem.options().penalize_intercept;
  roles.inverse_factor.assign(p, 0.0);
  roles.lambda = std::isinf(alpha) ? 0.0 : problem.penalty_unit(alpha);
  for (Index j = 0; j < p; ++j) {
    const double a = problem.raw_penalty(j, alpha > 0.0 ? alpha : 1.0);
    if (a == 0.0) roles.free.push_back(j);
    if (a == 0.0 || std::isinf(a)) continue;
    roles.inverse_factor[j] = 1.0 / problem.raw_penalty(j, 1.0);
    ++roles.n_penalised;
  }
  const bool many_free = static_cast<Index>(roles.free.size()) > problem.n_samples();
  // No feature is penalised: of many solutions take the shortest, whose kernel is X X^T.
  if (roles.n_penalised == 0 && many_free && !roles.penalised_intercept) {
    for (const Index j : roles.free) roles.inverse_factor[j] = 1.0;
    roles.n_penalised = static_cast<Index>(roles.free.size());
    roles.free.clear();
    roles.lambda = 0.0;
  }
  return roles;
}

template <Real T>
DualFeatures<T>::DualFeatures(const Problem<T>& problem) : problem_(problem) {
  if (problem.sparse() != nullptr) {
    by_columns_ = transposed(*problem.sparse());
    shift_.assign(problem.n_features(), 0.0);
    return;
  }
  auto few = problem.data().x;
  few.rows = std::min(few.rows, shift_rows);
  shift_ = provisional_mean(few, problem.sqrt_weight());
}

template <Real T>
void DualFeatures<T>::copy(Index j, double* out) const {
  const Index n = problem_.n_samples();
  if (!by_columns_) {
    for (Index i = 0; i < n; ++i) out[i] = static_cast<double>(problem_.data().x(i, j));
    return;
  }
  const auto& x = *by_columns_;
  std::fill_n(out, n, 0.0);
  for (Index e = x.start[j]; e < x.start[j + 1]; ++e)
    out[x.column[e]] = static_cast<double>(x.value[e]);
}

template <Real T>
template <Real S>
GramMatrix DualFeatures<T>::kernel(const DualRoles& roles) const {
  if (by_columns_) return sparse_kernel(roles);
  std::vector<double> row_scale(roles.inverse_factor.size());
  for (std::size_t j = 0; j < row_scale.size(); ++j) {
    row_scale[j] = problem_.x_scale(static_cast<Index>(j)) * std::sqrt(roles.inverse_factor[j]);
  }
  const Source<T> source{.x = problem_.data().x.transposed(),
                         .col_scale = problem_.sqrt_weight(),
                         .row_shift = shifts(roles, 0),
                         .row_scale = row_scale.data()};
  return gram<T, S>(source, problem_.options().n_threads, problem_.monitor());
}

// X F^-1 X^T about zero: projecting it centres it.
template <Real T>
GramMatrix DualFeatures<T>::sparse_kernel(const DualRoles& roles) const {
  const Index n = problem_.n_samples();
  auto k = sparse_gram(*by_columns_, roles.inverse_factor.data(), n, problem_.options().n_threads,
                       problem_.monitor());
  for (Index i = 0; i < n; ++i) {
    for (Index j = i; j < n; ++j) k[i * n + j] *= root_weight(i) * root_weight(j);
  }
  return {n, n, std::move(k)};
}

template <Real T>
Buffer<double> DualFeatures<T>::stream(const DualRoles& roles, Index n_targets, const double* coef,
                                       const RowMap& map) const {
  if (by_columns_) return stream_sparse(n_targets, coef, map);
  const auto& scale = problem_.scales().x;
  const Source<T> source{.x = problem_.data().x.transposed(),
                         .col_scale = problem_.sqrt_weight(),
                         .row_shift = shifts(roles, 0),
                         .row_scale = scale.empty() ? nullptr : scale.data()};
  return stream_pass(source, n_targets, coef, map, problem_.options().n_threads,
                     problem_.monitor());
}

template <Real T>
Buffer<double> DualFeatures<T>::stream_sparse(Index n_targets, const double* coef,
                                              const RowMap& map) const {
  const Index n = problem_.n_samples(), p = problem_.n_features(), k = n_targets;
  Buffer<double> v(n * k), f(p * k), out(n * k);
  for (Index i = 0; i < n; ++i) {
    for (Index t = 0; t < k; ++t) v[i * k + t] = root_weight(i) * coef[t * n + i];
  }
  const auto& features = *by_columns_;
  const double work = 2.0 * static_cast<double>(k * features.nonzeros());
  const auto to_features = [&](Index, Index j0, Index rows) {
    multiply_rows(features, j0, j0 + rows, k, v.data(), f.data() + j0 * k);
    std::vector<double> by_target(rows * k);
    double* of_target = by_target.data();
    for (Index j = 0; j < rows; ++j) {
      for (Index t = 0; t < k; ++t) of_target[t * rows + j] = f[(j0 + j) * k + t];
    }
    map(j0, rows, of_target, rows);
    for (Index j = 0; j < rows; ++j) {
      for (Index t = 0; t < k; ++t) f[(j0 + j) * k + t] = of_target[t * rows + j];
    }
  };
  const auto to_samples = [&](Index, Index i0, Index rows) {
    multiply_rows(*problem_.sparse(), i0, i0 + rows, k, f.data(), out.data() + i0 * k);
  };
  const int n_threads = problem_.options().n_threads;
  over_row_blocks(p, work, n_threads, problem_.monitor(), to_features);
  over_row_blocks(n, work, n_threads, problem_.monitor(), to_samples);
  Buffer<double> result(n * k);
  for (Index i = 0; i < n; ++i) {
    for (Index t = 0; t < k; ++t) result[t * n + i] = root_weight(i) * out[i * k + t];
  }
  return result;
}

template DualRoles dual_roles<double>(const Problem<double>&, double);
template DualRoles dual_roles<float>(const Problem<float>&, double);
template class DualFeatures<double>;
template class DualFeatures<float>;
template GramMatrix DualFeatures<double>::kernel<double>(const DualRoles&) const;
template GramMatrix DualFeatures<double>::kernel<float>(const DualRoles&) const;
template GramMatrix DualFeatures<float>::kernel<double>(const DualRoles&) const;
template GramMatrix DualFeatures<float>::kernel<float>(const DualRoles&) const;

}  // namespace elltwo
