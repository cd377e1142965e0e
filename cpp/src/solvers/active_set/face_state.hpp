#pragma once

#include <span>
#include <vector>

#include "elltwo/monitor.hpp"
#include "solvers/active_set/face_factor.hpp"
#include "solvers/active_set/place.hpp"
#include "solvers/active_set/slots.hpp"

namespace elltwo {

/// A point of the quadratic over Slots, its face and the factor of the face, and the moves that all
/// rounds of FaceSolver are made of.
class FaceState {
 public:
  FaceState(const Slots& quadratic, Monitor& stop)
      : slots(quadratic), monitor(stop), factor(quadratic, stop) {}

  const Slots& slots;
  Monitor& monitor;
  double alpha = 0.0;
  FaceFactor factor;
  std::vector<double> b;
  std::vector<double> q;     ///< c - G b as of refresh()
  std::vector<double> sign;  ///< of the side of zero on which a free slot lies
  std::vector<double> low;   ///< a free slot keeps its sign and its bounds within [low, high]
  std::vector<double> high;
  std::vector<Place> place;
  std::vector<unsigned char> left_out;  ///< depends on other slots that are not penalised

  Index size() const { return static_cast<Index>(b.size()); }

  /// Gives slots appended to `slots` their places and slopes.
  void take_appended();

  /// Follows Slots::keep(kept). Returns whether all slots of the face were kept; if not, the factor
  /// is left empty.
  bool take_kept(const std::vector<Index>& kept);

  /// Makes b the current point, moved into the bounds. The factor is left empty.
  void set_point(const double* values);

  void take_new_quadratic();
  void take_new_linear_term();

  /// q = c - G b, and the size of its rounding errors.
  void refresh();

  bool is_free(Index s) const { return place[s] == Place::plus || place[s] == Place::minus; }

  /// Without l1 there is no kink at zero.
  bool has_kink(Index s) const { return slots.penalty(s).l1 != 0.0; }

  /// -dP/db_s of a free slot.
  double gradient(Index s) const {
    const SlotPenalty& penalty = slots.penalty(s);
    return q[s] - alpha * (penalty.l1 * sign[s] + penalty.l2 * b[s]);
  }

  /// The gradient of the slots of the factor, in its order.
  void gradient(std::vector<double>& out) const;

  /// How fast P falls where slot s, which is not free, moves up (+) or down (-): the larger of the
  /// two with the sign of the direction, 0 where neither lowers P.
  double violation(Index s) const;

  /// What is rounding in q_s, and what a ridge that is lost in the rounding of G adds to it.
  double noise(Index s) const;

  /// The unit of violations of slot s: alpha l1, or where that is 0, the largest alpha l1 of slots
  /// whose columns have been scaled to the length of that of s.
  double unit(Index s) const;

  /// Makes slot s free on the side of its value, or of `direction` where that is zero.
  void set_free(Index s, double direction);

  /// Makes slot s stand where its value is: at zero or at a bound.
  void set_fixed(Index s);

  /// Whether the value of slot s is one at which it is not free.
  bool at_end(Index s) const;

  /// Removes the slots at these positions of the factor, which ascend, and fixes them.
  void leave(const std::vector<Index>& positions);

  /// Factors the face anew at the present alpha; `order` holds its slots.
  void rebuild(std::vector<Index> order);

 private:
  double noise_ = 0.0;
  double largest_l1_ = 0.0;
  double largest_c_ = 0.0;
  std::vector<double> root_;  // of the diagonal of G
  std::vector<Index> moved_;  // slots whose coefficients are not zero, of refresh()
  std::vector<double> minus_b_;
};

}  // namespace elltwo
