#pragma once

#include <vector>

#include "linalg/orthogonal.hpp"
#include "solvers/ridge/problem.hpp"

namespace elltwo {

/// What the penalty alpha F tends to as alpha falls to 0, which decides where least squares has
/// many solutions: the least sum of f_j (b_j - m_j)^2, a penalised intercept included, and of those
/// that differ only in features of factor 0 the least sum of (b_j - m_j)^2, in the user's units. It
/// is a norm of d = b - m of the `active` features, in scaled coordinates; the intercept is
/// y_mean - x_mean.m - x_mean.d, its part without d one of `levels`, one for each target.
template <Real T>
NearestNorm nearest_norm(const Problem<T>& problem, const Means& means,
                         const std::vector<Index>& active, double alpha,
                         std::vector<double> levels);

}  // namespace elltwo
