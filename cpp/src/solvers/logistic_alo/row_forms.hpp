#pragma once

#include <functional>
#include <vector>

#include "solvers/logistic_alo/inverse_factors.hpp"

namespace elltwo {

/// Visits the forms M_kl = (x^ | 1)_k^T H^-1 (x^ | 1)_l of rows [k0, k0 + rows) for factor a: those with l >= k,
/// one after the other by k, then l, at forms[pair * ld + row]. Called from several threads on disjoint rows.
using FormsVisit =
    std::function<void(Index a, Index k0, Index rows, const double* forms, Index ld)>;

/// The forms of all n rows of the problem's X, whatever their weights, in every one of several
/// inverse Hessians. Rows are packed once in the precision of the products. False if the monitor asked to
/// stop. Defined for products in float and double.
template <Real P, Real T>
bool row_forms(const LogisticProblem<T>& problem, MatrixView<T> x,
               const std::vector<InverseFactor>& factors, const FormsVisit& visit);

}  // namespace elltwo
