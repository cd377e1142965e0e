#pragma once

#include "solvers/ridge/normal_equations.hpp"

namespace elltwo {

/// The errors of a fit of many targets, from a pass over the data that costs as much as one of a
/// few targets: combinations of the targets with random signs have the same combinations of the
/// coefficients as their fit. (Cf. Freivalds 1979 for products of matrices.)
struct SketchedErrors {
  static constexpr Index combinations = 8;
  static constexpr Index enough_targets = 100;  ///< fewer: a pass of all targets costs little more

  /// The root of the sum over targets of squares of their relative gradients, see
  /// NormalEquations::optimality: in expectation at least that of the worst target.
  double optimality = 0.0;
  /// The next correction of the coefficients, relative to them, root mean square over the targets.
  double step = 0.0;
};

/// The errors of `coef`, fitted by the factored system to the targets of its group.
template <Real T>
SketchedErrors sketched_errors(const Problem<T>& problem, const ScaledMoments& moments,
                               const Means& means, const NormalEquations<T>& system,
                               const double* coef);

}  // namespace elltwo
