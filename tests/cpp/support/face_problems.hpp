#pragma once

#include <string>
#include <vector>

#include "solvers/active_set/face_solver.hpp"
#include "support/data.hpp"
#include "support/reference.hpp"

namespace elltwo::test {

/// Least squares with a penalty for each column.
struct FaceProblem {
  Matrix<double> x;
  std::vector<double> y;
  std::vector<SlotPenalty> penalties;

  /// Slots of all columns.
  Slots slots() const;

  /// Slots of these columns, with weights of rows.
  Slots slots(const std::vector<Index>& columns, const std::vector<double>& weight) const;
};

/// Writes the products of the columns of x from slot `first` on, with weights of rows.
void fill_slots(Slots& slots, Index first, const FaceProblem& problem,
                const std::vector<Index>& columns, const std::vector<double>& weight);

/// The families of random problems: autoregressive and equicorrelated columns, fewer rows than
/// columns, small integers, and every third column a duplicate of one of either sign.
enum class Family { autoregressive, equicorrelated, wide, integers, duplicates };
inline constexpr Family families[] = {Family::autoregressive, Family::equicorrelated, Family::wide,
                                      Family::integers, Family::duplicates};
std::string name_of(Family family);

/// Penalty factors, columns without a penalty and bounds, or none of them.
struct FaceTraits {
  double l1_ratio = 1.0;
  bool factors = false;
  bool unpenalised = false;
  bool bounds = false;
};

FaceProblem random_face_problem(Random& random, Family family, const FaceTraits& traits);

/// About normal with variance 1.
double bell(Random& random);

/// The alpha at which the first slot without bounds enters from zero, if all others are at zero.
double largest_alpha(const Slots& slots);

/// The largest violation of the optimality conditions at alpha, computed in long double, over the
/// length of the column; infinite where a bound is violated or a place contradicts its value.
double worst_violation(const Slots& slots, const FaceSolver& solver, double alpha);

/// 1/2 b'G b - c'b + sum h(b).
Wide face_objective(const Slots& slots, const std::vector<double>& b, double alpha);

}  // namespace elltwo::test
