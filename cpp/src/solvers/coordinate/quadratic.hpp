#pragma once

#include <vector>

#include "elltwo/solve_info.hpp"
#include "solvers/ridge/problem.hpp"

namespace elltwo {

/// One target's ridge objective as a quadratic function of the coefficients, in scaled coordinates,
/// for descent by coordinates and exact solves on sets of them. It has a current point b, where
///   g_j = sum w x_j (y - b0 - x.b) - alpha_j (b_j - m_j),   b0 at its optimum for b,
/// is half the negative gradient.
class CoordinateQuadratic {
 public:
  CoordinateQuadratic() = default;
  CoordinateQuadratic(const CoordinateQuadratic&) = delete;
  CoordinateQuadratic& operator=(const CoordinateQuadratic&) = delete;
  virtual ~CoordinateQuadratic() = default;

  /// Selects the objective of a group of one target, and makes b the current point.
  virtual void begin(const TargetGroup& group, std::vector<double> b) = 0;

  /// Makes b the current point.
  virtual void set_point(std::vector<double> b) = 0;

  /// Computes the gradient at the current point anew, from the original data.
  virtual void refresh() = 0;

  /// g_j at the current point.
  virtual double slope(Index j) const = 0;

  /// b_j += by.
  virtual void move(Index j, double by) = 0;

  /// Half the second derivative: sum w x_j^2 + alpha_j, centred.
  virtual double curvature(Index j) const = 0;

  /// |y|, weighted and centred.
  virtual double target_norm() const = 0;

  /// Minimises over the free coefficients, the others at the current point, and writes their values
  /// to z, those nearest to the point where there are many. Sets rank and rcond of `info`.
  virtual void minimise(const std::vector<Index>& free, double* z, SolveInfo& info) = 0;

  /// An optimality that is only rounding, of the minima that minimise() finds.
  virtual double rounding() const { return 1e-13; }

  const std::vector<double>& point() const { return b_; }

 protected:
  std::vector<double> b_;
};

}  // namespace elltwo
