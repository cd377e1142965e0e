#pragma once

#include <span>

namespace elltwo {

/// The largest weight; NaN if one is negative, infinite or NaN.
double largest_weight(std::span<const double> weights, int n_threads);

}  // namespace elltwo
