#pragma once

#include "solvers/ridge/problem.hpp"

// Mixed precision: products of double data in float cost half of those in double. Corrections with
// residuals of the data in double restore the digits, a few passes over the data where the
// system is well-conditioned (Higham 2002, Accuracy and Stability of Numerical Algorithms, 12.1).
namespace elltwo {

/// How well-conditioned a system from float products must be for corrections to converge fast, and
/// the relative gradient that they must reach.
inline constexpr double rcond_mixed = 1e-6;
inline constexpr double mixed_optimality = 1e-14;

/// Whether float products with corrections are likely to be the sooner way to an n x n system.
template <Real T>
bool worth_mixing(const Problem<T>& problem, Index n) {
  constexpr Index enough = 400;          // smaller: the passes cost what the products save
  constexpr Index enough_a_target = 64;  // each target adds to every pass
  constexpr int corrections = 5;
  const auto& options = problem.options();
  return std::same_as<T, double> && options.solver != SolverChoice::svd && n >= enough &&
         problem.n_targets() * enough_a_target <= n && options.max_iter >= corrections &&
         problem.data().alpha.size() == 1;
}

}  // namespace elltwo
