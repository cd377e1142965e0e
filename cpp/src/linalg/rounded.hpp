#pragma once

#include "elltwo/views.hpp"

namespace elltwo {

/// The least multiple of `unit` that is not below n.
constexpr Index rounded_up(Index n, Index unit) { return (n + unit - 1) / unit * unit; }

}  // namespace elltwo
