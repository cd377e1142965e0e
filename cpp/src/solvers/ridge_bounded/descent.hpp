#pragma once

#include <vector>

#include "elltwo/monitor.hpp"
#include "solvers/coordinate/quadratic.hpp"

namespace elltwo {

/// An interval for each coefficient, in scaled coordinates. Those with lower = upper are not moved.
struct ScaledBox {
  std::vector<double> lower;
  std::vector<double> upper;
};

/// Minimises one target's objective in a box, from a point in it: cyclic coordinate descent finds
/// which coefficients are free (Hildreth 1957), and those are then solved for exactly, as in
/// bounded-variable least squares (Stark and Parker 1995). The objective never rises, no set of
/// free coefficients is solved for twice, and so the answer is exact after a finite number of
/// sweeps.
class BoundedDescent {
 public:
  /// The current point of the quadratic must lie in the box.
  BoundedDescent(CoordinateQuadratic& quadratic, const ScaledBox& box, int max_sweeps,
                 Monitor& monitor);

  GroupFit fit();

  /// The current point as it stands, with its optimality.
  GroupFit judge();

  /// The coefficients strictly within their bounds, and those at a bound that nothing keeps there:
  /// of which the gradient is no more than `rounding` as a part of the optimality's measure.
  std::vector<Index> unheld(double rounding) const;

 private:
  using Features = std::vector<Index>;

  double b(Index j) const { return quadratic_.point()[j]; }
  double clipped(Index j, double value) const;
  bool inside(const Features& free, const std::vector<double>& z) const;
  void clip(const Features& free, std::vector<double>& z) const;
  Features interior() const;
  double push(Index j) const;
  bool wants_release() const;
  double optimality() const;
  double measure() const;
  GroupFit as_fit() const;
  bool sweep(const Features& features);
  void sweep_until_stable();
  void pivot(bool& at_minimum);
  Features exchanged(const Features& free, std::size_t& misplaced) const;
  void to_face_minimum(int most, bool& at_minimum);
  void step_towards(const Features& free, const std::vector<double>& z);
  double reach_towards(const Features& free, const std::vector<double>& z, Index& blocking) const;
  std::vector<double> between(const Features& free, const std::vector<double>& from,
                              const std::vector<double>& z, double length) const;
  void descend(bool at_minimum);
  bool keep_if_better();

  CoordinateQuadratic& quadratic_;
  const ScaledBox& box_;
  int sweeps_left_;
  Monitor& monitor_;
  Features movable_;
  SolveInfo info_;
  std::vector<double> best_;
};

}  // namespace elltwo
