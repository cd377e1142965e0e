#pragma once

#include <vector>

#include "solvers/active_set/face_state.hpp"

namespace elltwo {

/// Finds the minimum of P on b_A + t d, 0 <= t <= 1, through the kinks at zero, up to bounds. d is
/// in the order of the factor and minimises P on the face, whose gradient is g, so that the slope
/// of P is (t - 1) g'd before the first kink.
class LineSearch {
 public:
  /// Moves b to the minimum; the slots that come to zero or to a bound leave, those that pass zero
  /// change their signs. q is not refreshed. False, without a move, where d is not a descent.
  bool run(FaceState& state, const std::vector<double>& d, const std::vector<double>& g);

 private:
  /// A t at which the slope of P jumps.
  struct Kink {
    double t = 0.0;
    Index position = 0;  // in the factor
    double jump = 0.0;   // infinite at a bound
  };

  void find_kinks(const FaceState& state, const std::vector<double>& d);
  void move(FaceState& state, const std::vector<double>& d, double t) const;
  void sort_face(FaceState& state);

  std::vector<Kink> kinks_;
  std::vector<Index> leaving_;
};

}  // namespace elltwo
