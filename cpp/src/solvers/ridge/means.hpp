#pragma once

#include <vector>

#include "gram/moments.hpp"

namespace elltwo {

/// The sum of the weights and the weighted means of scaled data; zeros where nothing is centred.
/// Means of float sums gain digits with every pass over the data in double.
struct Means {
  double weight = 0.0;    ///< sum of the weights
  std::vector<double> x;  ///< one for each feature
  std::vector<double> y;  ///< one for each target
};

inline Means means_of(const ScaledMoments& moments) {
  return {moments.weight, moments.x_mean, moments.y_mean};
}

}  // namespace elltwo
