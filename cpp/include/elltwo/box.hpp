#pragma once

#include <span>

namespace elltwo {

/// Bounds lower_j <= b_j <= upper_j on coefficients, the same for every target. Bounds may be
/// infinite; an empty span stands for no bounds on that side.
struct Box {
  std::span<const double> lower;
  std::span<const double> upper;
};

}  // namespace elltwo
