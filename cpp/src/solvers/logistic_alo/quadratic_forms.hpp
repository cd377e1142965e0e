#pragma once

#include <functional>
#include <vector>

#include "solvers/logistic_alo/inverse_factors.hpp"

namespace elltwo {

/// Receives the quadratic forms (x^ | 1)_k^T H^-1 (x^ | 1)_l of rows [k0, k0 + rows) with inverse
/// factor number a: those of outputs l >= k, by k, then l, at forms[pair * ld + row]. Called from
/// several threads for disjoint rows.
using FormsVisit =
    std::function<void(Index a, Index k0, Index rows, const double* forms, Index ld)>;

/// Computes the quadratic forms of all rows of x, the problem's X, whatever their weights, with
/// each of several inverse Hessians: |V (x^ | 1)|^2 of two classes. Products are formed in P, float
/// or double.
template <Real P, Real T>
void quadratic_forms(const LogisticProblem<T>& problem, MatrixView<T> x,
                     const std::vector<InverseFactor>& factors, const FormsVisit& visit);

}  // namespace elltwo
