#pragma once

#include <vector>

#include "solvers/active_set/face_state.hpp"

namespace elltwo {

/// Predicts which slots enter at the next alpha of a path. On a face q is a function of alpha that
/// is nearly linear, and linear for l1 alone: its change from alpha to alpha as the last face was
/// solved tells that to the next alpha.
class SlopePrediction {
 public:
  /// After a change of the slots, of G or c, or of the point.
  void forget() { derivative_.clear(); }

  /// Takes notice of q at the minimum of a face before alpha falls to state.alpha, and writes the
  /// slots at zero that are predicted to enter.
  void begin(const FaceState& state, double last_alpha, std::vector<Index>& entering);

  /// q of the slot at the new alpha, as predicted.
  double predicted(const FaceState& state, Index s) const {
    return state.q[s] + change_ * derivative_[s];
  }

  /// Takes notice of q after the face has been solved at the new alpha.
  void end(const FaceState& state);

 private:
  double change_ = 0.0;  // of alpha
  std::vector<double> before_;
  std::vector<double> derivative_;
};

}  // namespace elltwo
