#pragma once

#include <vector>

#include "solvers/logistic_alo/kronecker_hessian.hpp"

namespace elltwo {

/// sum_i r_i^T M_i r_i, M_i = X_i^T H^-1 X_i, with the Hessian H of the objective, over the same
/// sum with its Kronecker product in place of H. Both are traces of H^-1 sum_i (r_i r_i^T) (x)
/// (x_i x_i^T) and estimated from the same random signs s (Hutchinson 1989): v^T H^-1 v with v =
/// sum_i s_i r_i (x) x_i. H^-1 v comes from conjugate gradients. `residual` and `probability` are
/// classes x fitted rows, in scaled weights. The problem has this alpha.
template <Real T>
double inverse_trace_ratio(const GramDirections<T>& directions, const MeanCurvature& mean,
                           double alpha, const std::vector<double>& residual,
                           const std::vector<double>& probability);

}  // namespace elltwo
