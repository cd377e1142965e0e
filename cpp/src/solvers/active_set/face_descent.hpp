#pragma once

#include <vector>

#include "solvers/active_set/face_state.hpp"
#include "solvers/active_set/line_search.hpp"

namespace elltwo {

/// Moves to the minimum of P on a face, or on what is left of it: coefficients that would leave
/// their intervals stop at the ends and leave the face, which is then solved again. Many leave at
/// once that way; but where P rose by such a step, those that enter with the wrong sign leave
/// alone, and without these the step ends at the minimum of P on its line. P falls in every step,
/// so that none of the finite number of faces comes twice.
class FaceDescent {
 public:
  /// Solves systems to a relative `tolerance`, and refreshes q at the end. Returns the number of
  /// line searches. Throws Interrupted.
  int run(FaceState& state, double tolerance);

 private:
  void find_direction(FaceState& state, double tolerance);
  void step_to_ends(FaceState& state);
  void update_slopes(FaceState& state);
  void step_back(FaceState& state) const;
  bool risen(const FaceState& state) const;
  void find_wrong_signs(const FaceState& state);

  LineSearch line_search_;
  // Of the slots of the factor, in its order.
  std::vector<double> gradient_;
  std::vector<double> direction_;
  std::vector<double> old_b_;  // before the step
  std::vector<double> old_q_;
  std::vector<Index> leaving_;
  std::vector<Index> wrong_;
};

}  // namespace elltwo
