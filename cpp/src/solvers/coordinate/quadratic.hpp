#pragma once

#include <vector>

#include "solvers/ridge/problem.hpp"

namespace elltwo {

/// One target's objective for descent in a box, in scaled coordinates. It stands at a point b and
/// knows half the negative gradient there,
///   g_j = sum w x_j (y - b0 - x.b) - alpha_j (b_j - m_j),   b0 at its optimum for b,
/// which is what `slope` returns.
template <Real T>
class BoundedMethod {
 public:
  virtual ~BoundedMethod() = default;

  /// Takes in the data. Throws if they are not finite; false if the monitor asked to stop.
  virtual bool prepare() = 0;

  /// Turns to a group of one target, and stands at b.
  virtual void begin(const TargetGroup& group, std::vector<double> b) = 0;

  virtual void stand_at(std::vector<double> b) = 0;

  /// The gradient at b anew, from the original data; false if the monitor asked to stop.
  virtual bool settle() = 0;

  virtual double slope(Index j) const = 0;

  /// b_j += by.
  virtual void move(Index j, double by) = 0;

  /// Half the second derivative: sum w x_j^2 + alpha_j, centred.
  virtual double curvature(Index j) const = 0;

  /// |y|, weighted and centred.
  virtual double target_norm() const = 0;

  /// Minimises over the free coefficients, the others standing at b: their values come back in z,
  /// nearest to b where there are many. Of `info`, sets rank and rcond. False if the monitor asked
  /// to stop.
  virtual bool minimise(const std::vector<Index>& free, double* z, SolveInfo& info) = 0;

  /// An optimality that is only rounding, of the minima that minimise() finds among others.
  virtual double rounding() const { return 1e-13; }

  virtual const Problem<T>& problem() const = 0;

  /// What takes a fit back to the user's units.
  virtual const ScaledMoments& means() const = 0;

  /// y_mean - x_mean.b where settle() knows it beyond the means' own digits.
  virtual std::vector<double> centre() const = 0;

  const std::vector<double>& point() const { return b_; }

 protected:
  std::vector<double> b_;
};

}  // namespace elltwo
