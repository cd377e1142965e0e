#include <algorithm>

#include "parallel/interruption.hpp"
#include "parallel/row_blocks.hpp"
#include "solvers/ridge/dual.hpp"
#include "sparse/gram.hpp"
#include "sparse/pass.hpp"

namespace elltwo {

// X by columns, made when first asked for.
template <Real T>
const SparseRows<T>& DualRidge<T>::sparse_features() {
  if (!features_.has_value()) features_ = transposed(*problem_.sparse());
  return *features_;
}

// One feature of every sample as the user gave it. Sparse features must have been made.
template <Real T>
void DualRidge<T>::copy_feature(Index j, double* out) const {
  const Index n = problem_.n_samples();
  if (problem_.sparse() == nullptr) {
    for (Index i = 0; i < n; ++i) out[i] = static_cast<double>(problem_.data().x(i, j));
    return;
  }
  const auto& x = *features_;
  std::fill_n(out, n, 0.0);
  for (Index e = x.start[j]; e < x.start[j + 1]; ++e)
    out[x.column[e]] = static_cast<double>(x.value[e]);
}

// X F^-1 X^T about zero: projecting it centres it.
template <Real T>
bool DualRidge<T>::sparse_kernel(const DualRoles& roles) {
  const Index n = problem_.n_samples();
  Buffer<double> k;
  const auto form = [&] {
    k = sparse_gram(sparse_features(), roles.inverse_factor.data(), n, problem_.options().n_threads,
                    problem_.monitor());
  };
  if (!completed(form)) return false;
  for (Index i = 0; i < n; ++i) {
    for (Index j = i; j < n; ++j) k[i * n + j] *= root_weight(i) * root_weight(j);
  }
  kernel_ = GramMatrix(n, n, std::move(k));
  return true;
}

// stream_pass() for sparse features, whose lines are the source's rows.
template <Real T>
bool DualRidge<T>::stream_sparse(Index n_targets, const double* coef, const RowMap& map,
                                 Buffer<double>& adjoint) {
  const Index n = problem_.n_samples(), p = problem_.n_features(), k = n_targets;
  Buffer<double> v(n * k), f(p * k), out(n * k);
  for (Index i = 0; i < n; ++i) {
    for (Index t = 0; t < k; ++t) v[i * k + t] = root_weight(i) * coef[t * n + i];
  }
  const auto& features = sparse_features();
  const double work = 2.0 * static_cast<double>(k * features.nonzeros());
  const auto to_features = [&](Index, Index j0, Index rows) {
    multiply_rows(features, j0, j0 + rows, k, v.data(), f.data() + j0 * k);
    std::vector<double> by_target(rows * k);
    double* turned = by_target.data();
    for (Index j = 0; j < rows; ++j) {
      for (Index t = 0; t < k; ++t) turned[t * rows + j] = f[(j0 + j) * k + t];
    }
    map(j0, rows, turned, rows);
    for (Index j = 0; j < rows; ++j) {
      for (Index t = 0; t < k; ++t) f[(j0 + j) * k + t] = turned[t * rows + j];
    }
  };
  const auto to_samples = [&](Index, Index i0, Index rows) {
    multiply_rows(*problem_.sparse(), i0, i0 + rows, k, f.data(), out.data() + i0 * k);
  };
  const int n_threads = problem_.options().n_threads;
  const auto both = [&] {
    over_row_blocks(p, work, n_threads, problem_.monitor(), to_features);
    over_row_blocks(n, work, n_threads, problem_.monitor(), to_samples);
  };
  if (!completed(both)) return false;
  adjoint = Buffer<double>(n * k);
  for (Index i = 0; i < n; ++i) {
    for (Index t = 0; t < k; ++t) adjoint[t * n + i] = root_weight(i) * out[i * k + t];
  }
  return true;
}

template const SparseRows<double>& DualRidge<double>::sparse_features();
template const SparseRows<float>& DualRidge<float>::sparse_features();
template void DualRidge<double>::copy_feature(Index, double*) const;
template void DualRidge<float>::copy_feature(Index, double*) const;
template bool DualRidge<double>::sparse_kernel(const DualRoles&);
template bool DualRidge<float>::sparse_kernel(const DualRoles&);
template bool DualRidge<double>::stream_sparse(Index, const double*, const RowMap&,
                                               Buffer<double>&);
template bool DualRidge<float>::stream_sparse(Index, const double*, const RowMap&, Buffer<double>&);

}  // namespace elltwo
