#pragma once

#include <cmath>

namespace elltwo {

/// An unevaluated sum hi + lo of two doubles: about 32 digits (Dekker 1971; Ogita, Rump and Oishi
/// 2005). Code that uses it must not be compiled with contraction of products and sums.
struct DoubleDouble {
  double hi = 0.0;
  double lo = 0.0;

  void add(double x) {
    const double sum = hi + x;
    const double part = sum - hi;
    lo += (hi - (sum - part)) + (x - part);
    hi = sum;
  }

  void add(DoubleDouble x) {
    add(x.hi);
    lo += x.lo;
  }

  /// += a * b.
  void add_product(double a, double b) {
    const double product = a * b;
    add(product);
    lo += std::fma(a, b, -product);
  }

  /// += a * b for a = a.hi + a.lo.
  void add_product(DoubleDouble a, double b) {
    add_product(a.hi, b);
    lo += a.lo * b;
  }

  /// += a * b, both in two parts.
  void add_product(DoubleDouble a, DoubleDouble b) {
    add_product(a.hi, b.hi);
    lo += a.hi * b.lo + a.lo * b.hi;
  }

  double value() const { return hi + lo; }

  /// The same number with hi = hi + lo rounded to double.
  DoubleDouble normalised() const {
    const double sum = hi + lo;
    return {sum, lo - (sum - hi)};
  }

  DoubleDouble times(double factor) const {
    DoubleDouble result;
    result.add_product(*this, factor);
    return result.normalised();
  }
};

/// a / b to twice the working precision.
inline DoubleDouble quotient(DoubleDouble a, double b) {
  const double q = a.value() / b;
  DoubleDouble rest = a;
  rest.add_product(-q, b);
  return {q, rest.value() / b};
}

/// a - b exactly.
inline DoubleDouble difference(double a, double b) {
  DoubleDouble d{a, 0.0};
  d.add(-b);
  return d;
}

}  // namespace elltwo
