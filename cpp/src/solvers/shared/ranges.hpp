#pragma once

#include <cmath>
#include <concepts>
#include <limits>
#include <stdexcept>

#include "elltwo/views.hpp"

namespace elltwo {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// Whether a sum of squares of data lies outside the range in which products formed in T keep their
/// digits. True for NaN.
template <Real T>
constexpr bool out_of_range(double sum_of_squares) {
  constexpr double low = std::same_as<T, float> ? 1e-22 : 1e-200;
  constexpr double high = std::same_as<T, float> ? 1e30 : 1e200;
  return !(sum_of_squares >= low && sum_of_squares <= high);
}

/// Whether a sum of squares, or an eigenvalue in units of alpha, lies so far inside the range of
/// double that products of four such numbers do so, too. False for NaN.
constexpr bool well_within_range(double square) { return square >= 1e-60 && square <= 1e60; }

/// Thrown where squares of the data, or the penalty relative to them, leave the range in which a
/// method keeps its digits. In other units of X, y and the weights the method may serve.
class OutOfRange : public std::invalid_argument {
 public:
  OutOfRange()
      : std::invalid_argument(
            "X and y must have sums of squares within the range of their type for a path, also "
            "relative to those of the other columns; scale them") {}
};

/// The power of two s for which s * size lies in [1, 2); 1 where size is zero or not finite.
inline double power_of_two_for(double size) {
  return size > 0.0 && std::isfinite(size) ? std::ldexp(1.0, -std::ilogb(size)) : 1.0;
}

}  // namespace elltwo
