#pragma once

#include "kernels/small_shapes.hpp"

namespace elltwo {

/// minimise 1/2 b'G b - c'b + l1 |b|_1 + l2 / 2 |b|^2 for few coefficients, on the stack. Sweeps of
/// coordinate descent choose a face, on which a Cholesky factor gives the minimum; where a
/// coefficient would change its sign the step ends there.
struct SmallNet {
  static constexpr Index most = small_max_features;

  Index p = 0;
  double l1 = 0.0;
  double l2 = 0.0;
  alignas(64) double gram[most * most];  ///< rows `most` apart, both triangles
  double c[most];
  double b[most] = {};
  double q[most] = {};  ///< c - G b
  int rounds = 0;

  /// Begins at zero and finds the minimum. False where a factor is not well-conditioned, or after
  /// too many rounds.
  bool solve();

 private:
  enum class Step { minimum, shortened, failed };

  void refresh();
  void sweep();
  Step to_face_minimum();
  bool solve_face(const Index* face, Index k, double* step) const;
  bool has_violators() const;
};

}  // namespace elltwo
