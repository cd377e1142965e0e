#pragma once

#include "solvers/ridge/problem.hpp"

// Mixed precision: products of double data in float cost half of those in double. Corrections with
// residuals of the data in double restore the digits, a few passes over the data where the
// system is well-conditioned (Higham 2002, Accuracy and Stability of Numerical Algorithms, 12.1).
namespace elltwo {

/// The arithmetic in which products of the data are formed.
enum class Products {
  as_data,   ///< the type of the data
  mixed,     ///< float for double data, to be corrected with residuals in double
  in_double  ///< double, whatever the data are
};

/// Reciprocal condition number from which on corrections of a system from float products converge
/// fast.
inline constexpr double rcond_mixed = 1e-6;

/// Relative gradient that corrections of such a system must reach.
inline constexpr double mixed_optimality = 1e-14;

/// Whether an n x n system is likely to be solved sooner from float products and corrections.
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
