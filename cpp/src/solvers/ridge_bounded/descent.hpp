#pragma once

#include <vector>

#include "elltwo/bounded.hpp"
#include "solvers/coordinate/quadratic.hpp"

namespace elltwo {

/// Minimises one target's objective in a box: cyclic coordinate descent finds which coefficients are
/// free (Hildreth 1957), and those are then solved for exactly, as in bounded-variable least squares
/// (Stark and Parker 1995). The objective never rises, no set of free coefficients is solved for
/// twice, and so the answer is exact after a finite number of sweeps.
template <Real T>
class BoundedDescent {
 public:
  BoundedDescent(BoundedMethod<T>& method, const TargetGroup& group, const Box& box,
                 int max_sweeps);

  GroupFit fit();

 private:
  using Features = std::vector<Index>;

  void take_bounds(const TargetGroup& group, const Box& box);
  double b(Index j) const { return method_.point()[j]; }
  double clipped(Index j, double value) const;
  bool inside(const Features& free, const std::vector<double>& z) const;
  void clip(const Features& free, std::vector<double>& z) const;
  Features interior() const;
  double push(Index j) const;
  bool wants_release() const;
  double optimality() const;
  bool sweep(const Features& features);
  void sweep_until_stable();
  bool pivot(bool& at_minimum);
  Features exchanged(const Features& free, std::size_t& misplaced) const;
  bool to_face_minimum(int most, bool& at_minimum);
  void step_towards(const Features& free, const std::vector<double>& z);
  double reach_towards(const Features& free, const std::vector<double>& z, Index& blocking) const;
  std::vector<double> between(const Features& free, const std::vector<double>& from,
                              const std::vector<double>& z, double length) const;
  void start(const TargetGroup& group);
  bool descend(bool at_minimum);
  bool keep_if_better();

  BoundedMethod<T>& method_;
  Index p_;
  int sweeps_left_;
  std::vector<double> lower_, upper_;  // in scaled coordinates
  Features movable_;
  SolveInfo info_;
  std::vector<double> best_;
};

}  // namespace elltwo
