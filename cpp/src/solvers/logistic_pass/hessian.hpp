#pragma once

#include "elltwo/monitor.hpp"
#include "kernels/source.hpp"
#include "solvers/logistic_pass/point_terms.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// Adds to the matrices of all Hessians the products of a source's rows [x^ | 1], which are those
/// of `roots` from its first on. Throws Interrupted.
template <Real S>
void add_dense_products(const PassPoints& points, const Source<S>& source,
                        const CurvatureRoots& roots, int n_threads, Monitor& monitor,
                        PassSums& out);

/// The same of the sparse rows x, which are added to the raw matrices.
template <Real T>
void add_sparse_products(const PassPoints& points, const SparseRows<T>& x,
                         const CurvatureRoots& roots, int n_threads, Monitor& monitor,
                         PassSums& out);

/// Whether the products of some sparse rows are so few that they may be added without a pause to
/// matrices of sums that cannot be taken back.
template <Real T>
bool few_sparse_products(const PassPoints& points, const SparseRows<T>& x);

/// The same sums as add_sparse_products(), for few products.
template <Real T>
void add_few_sparse_products(const PassPoints& points, const SparseRows<T>& x,
                             const CurvatureRoots& roots, PassSums& out);

/// Whether the products of sparse rows are finite: their squares are.
template <Real T>
bool finite_sparse_products(const PassPoints& points, const SparseRows<T>& x,
                            const CurvatureRoots& roots);

}  // namespace elltwo
