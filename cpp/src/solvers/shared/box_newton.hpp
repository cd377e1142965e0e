#pragma once

#include <vector>

#include "elltwo/box.hpp"
#include "linalg/buffer.hpp"

namespace elltwo {

/// A symmetric positive definite matrix H of a quadratic model.
class BoxQuadratic {
 public:
  BoxQuadratic() = default;
  BoxQuadratic(const BoxQuadratic&) = delete;
  BoxQuadratic& operator=(const BoxQuadratic&) = delete;
  virtual ~BoxQuadratic() = default;

  /// product = H v. Like solve(), false if the monitor asked to stop.
  virtual bool multiply(const double* v, double* product) = 0;

  /// Solves H_FF d_F = slope_F for the free variables F, in ascending order; the rest of d becomes 0.
  virtual bool solve(const std::vector<Index>& free, const double* slope, double* d) = 0;

  /// Lowers the value by cheap steps from z, where the negative gradient is `slope`, if there are such: they
  /// find which bounds matter. False if the monitor asked to stop.
  virtual bool relax(const Box&, Buffer<double>& /*z*/, Buffer<double>& /*slope*/) { return true; }

  /// About H_jj.
  virtual double diagonal(Index j) const = 0;
};

/// The part of a slope (a negative gradient) at z that does not push against a bound.
double push_inside(const Box& box, Index j, double z, double slope);

/// What is minimised and how far.
struct BoxProblem {
  Box box;              ///< of absolute coordinates
  const double* slope;  ///< negative gradient at the start
  const double* size;   ///< of each variable: slopes count relative to these
  double accuracy;      ///< slope that may be left, relative to the first
  double noise;         ///< absolute slope that may be left
};

/// Minimises -slope.s + s.H s / 2 over s with z + s in the box, from z, which must lie in it, and moves z
/// there: projected Newton steps (Bertsekas 1982) on faces. The value never rises. `used`
/// counts the faces that were solved for. False if the monitor asked to stop.
bool minimise_in_box(const BoxProblem& problem, BoxQuadratic& hessian, Buffer<double>& z,
                     int& used);

}  // namespace elltwo
