#pragma once

#include "solvers/active_set/face_state.hpp"

namespace elltwo {

/// Finds a place for slot s, which is free but not in the factor because its column depends on
/// those of the face, z = K_AA^-1 K_As: moves along b_s += t, b_A -= t z, which leaves the loss as
/// it is, the way the penalty falls, until a coefficient comes to zero or to a bound. That one
/// leaves the face; if it is not s itself, s enters. A slot that is not penalised and depends on
/// others that are not is left out with the value nearest to zero. Returns whether s is free. q is
/// refreshed where b has changed.
bool exchange(FaceState& state, Index s);

}  // namespace elltwo
