#pragma once

#include <limits>
#include <stdexcept>

#include "elltwo/views.hpp"

namespace elltwo::linalg {

/// A size as the 32-bit integer of BLAS. Throws std::length_error if it is too large.
inline int narrow(Index n) {
  if (n < 0 || n > std::numeric_limits<int>::max()) {
    throw std::length_error("a matrix dimension exceeds what BLAS can index (2^31 - 1)");
  }
  return static_cast<int>(n);
}

}  // namespace elltwo::linalg
