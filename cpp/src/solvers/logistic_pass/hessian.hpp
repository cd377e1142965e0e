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

/// The same of the sparse rows x.
template <Real T>
void add_sparse_products(const PassPoints& points, const SparseRows<T>& x,
                         const CurvatureRoots& roots, int n_threads, Monitor& monitor,
                         PassSums& out);

}  // namespace elltwo
