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

  /// product = H v.
  virtual void multiply(const double* v, double* product) = 0;

  /// Solves H_FF d_F = slope_F for the free variables F, in ascending order, and sets the rest of d
  /// to 0.
  virtual void solve(const std::vector<Index>& free, const double* slope, double* d) = 0;

  /// Lowers the value by cheap steps from z, where the negative gradient is `slope`, and updates
  /// both. The steps find which bounds are active; a model may have none.
  virtual void relax(const Box&, Buffer<double>& /*z*/, Buffer<double>& /*slope*/) {}

  /// H_jj, or an approximation of it.
  virtual double diagonal(Index j) const = 0;
};

/// The negative gradient in coordinate j at z, or 0 if a bound at z balances it.
double push_inside(const Box& box, Index j, double z, double slope);

/// What is minimised and how far. A slope is a negative gradient.
struct BoxProblem {
  Box box;              ///< of z
  const double* slope;  ///< at the start
  const double* size;   ///< of each variable; slopes are divided by it
  double accuracy;      ///< part of the largest slope at the start that may be left
  double noise;         ///< largest slope that may be left in any case
};

/// Minimises -slope.s + s.H s / 2 over s with z + s in the box, and moves z there from a point in
/// the box, by projected Newton steps on faces (Bertsekas 1982). No step raises the value.
void minimise_in_box(const BoxProblem& problem, BoxQuadratic& hessian, Buffer<double>& z);

}  // namespace elltwo
