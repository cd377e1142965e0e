#pragma once

#include <algorithm>
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

/// The exponent of the largest power of two in T: 2^1023 and 2^127.
template <Real T>
inline constexpr int largest_exponent = std::numeric_limits<T>::max_exponent - 1;

/// The power of two s for which s * size lies in [1, 2); 1 where size is zero or not finite. Where
/// T does not hold s, which is so for its subnormal numbers, the largest power of two in T: the
/// smallest of these numbers then becomes 2^-51 in double and 2^-22 in float, whose squares keep
/// their digits.
template <Real T = double>
double power_of_two_for(double size) {
  if (!(size > 0.0) || !std::isfinite(size)) return 1.0;
  return std::ldexp(1.0, std::min(-std::ilogb(size), largest_exponent<T>));
}

/// value * up / down for powers of two: what is in range at the end is so in between.
inline double rescaled(double value, double up, double down) {
  return (up > 1.0) == (down > 1.0) ? value * (up / down) : value * up / down;
}

/// value * a^2 * b for powers of two a and b, as (value a) (b a): where the value is a penalty of
/// columns in the unit 1 / a, both stay in range if the product does. 0 and infinity stay.
inline double penalty_in_units(double value, double a, double b) {
  return value == 0.0 || std::isinf(value) ? value : (value * a) * (b * a);
}

/// value / (divisor a b) for a positive divisor and powers of two a and b, rounded once: no part of
/// it leaves the range of the arithmetic. 0 where the divisor is infinite.
inline double quotient_in_units(double value, double divisor, double a, double b) {
  if (std::isinf(divisor)) return 0.0;
  int exponent = 0;
  const double mantissa = std::frexp(divisor, &exponent);
  return std::ldexp(value / mantissa, -exponent - std::ilogb(a) - std::ilogb(b));
}

}  // namespace elltwo
