#pragma once

#include <vector>

#include "solvers/active_set/face_state.hpp"

namespace elltwo {

/// A round that lowers P: two sweeps of coordinate descent over these slots, which are not free,
/// and those of the face, after which slots at zero or at a bound leave and those that moved enter;
/// then steps along the direction to the minimum of the face with an exact search over its kinks.
void monotone_round(FaceState& state, const std::vector<Index>& violators);

}  // namespace elltwo
