#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/simd.hpp"

namespace elltwo {
namespace {

template <int Width>
using Bits = Vec<std::uint64_t, Width>;

template <int Width>
inline Vec<double, Width> as_double(Bits<Width> v) {
  return reinterpret_cast<Vec<double, Width>>(v);
}

template <int Width>
inline Bits<Width> as_bits(Vec<double, Width> v) {
  return reinterpret_cast<Bits<Width>>(v);
}

/// c[0] + c[1] x + ... by Horner's rule.
template <int Width, int Terms>
inline Vec<double, Width> polynomial(const double (&c)[Terms], Vec<double, Width> x) {
  Vec<double, Width> sum = c[Terms - 1] - Vec<double, Width>{};
#pragma GCC unroll 16
  for (int i = Terms - 2; i >= 0; --i) sum = sum * x + c[i];
  return sum;
}

constexpr double ln2_high = 0x1.62e42feep-1;  // 32 bits: products with exponents are exact
constexpr double ln2_low = 0x1.a39ef35793c76p-33;
constexpr double to_integer = 0x1.8p52;  // x + to_integer holds round(x) in its low bits

/// 2^k for integers k in [-1022, 1023].
template <int Width>
inline Vec<double, Width> power_of_two(Vec<double, Width> k) {
  return as_double<Width>(as_bits<Width>(k + (to_integer + 1023.0)) << 52);
}

/// exp(x) for x <= 0: x = k ln 2 + r with |r| <= ln(2) / 2 and exp(r) = 1 + r + r^2 q(r). 2^k is
/// multiplied in two steps, so that subnormal results are rounded once.
template <int Width>
inline Vec<double, Width> exp_nonpositive(Vec<double, Width> x) {
  constexpr double q[] = {0.50000000000000134131,   0.16666666666666684719,
                          0.041666666666510653105,  0.0083333333333161921596,
                          0.001388888894814066535,  0.00019841269898232815388,
                          2.4801488859101367043e-5, 2.7557233186138299516e-6,
                          2.7631647037968626199e-7, 2.5112575199224824494e-8};
  x = x < -746.0 ? -746.0 - Vec<double, Width>{} : x;
  const Vec<double, Width> k = (x * 1.4426950408889634074 + to_integer) - to_integer;
  const Vec<double, Width> r = (x - k * ln2_high) - k * ln2_low;
  const Vec<double, Width> p = 1.0 + (r + r * r * polynomial<Width>(q, r));
  const Vec<double, Width> first = k < -1000.0 ? -1000.0 - Vec<double, Width>{} : k;
  return p * power_of_two<Width>(first) * power_of_two<Width>(k - first);
}

template <int Width>
struct OnePlus {
  Vec<double, Width> log;
  Vec<double, Width> reciprocal;
};

/// log(1 + x) and 1 / (1 + x) for x >= 0. 1 + x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)),
///   log(1 + f) = f - f^2/2 + s (f^2/2 + s^2 q(s^2)),   s = f / (2 + f),
/// and one division for both denominators.
template <int Width>
inline OnePlus<Width> one_plus(Vec<double, Width> x) {
  constexpr double q[] = {0.66666666666667348572, 0.39999999999411297752, 0.28571428743223506523,
                          0.22222198479551780713, 0.18183569571880118977, 0.15313907197690387521,
                          0.14797470964452172995};
  constexpr std::uint64_t exponent = 0x7ff0000000000000;
  constexpr std::uint64_t one_less_sqrt_half = 0x3ff0000000000000 - 0x3fe6a09e667f3bcd;
  const Vec<double, Width> u = 1.0 + x;
  const Bits<Width> power = (as_bits<Width>(u) + one_less_sqrt_half) & exponent;
  const Vec<double, Width> inverse = as_double<Width>(0x7fe0000000000000 - power);
  const Vec<double, Width> k =
      as_double<Width>((power >> 52) | 0x4330000000000000) - (0x1p52 + 1023.0);
  const Vec<double, Width> f = (x - (as_double<Width>(power) - 1.0)) * inverse;
  const Vec<double, Width> g = 2.0 + f;
  const Vec<double, Width> both = 1.0 / (u * g);
  const Vec<double, Width> reciprocal = both * g;
  const Vec<double, Width> s = f * (both * u);
  const Vec<double, Width> t = s * s;
  const Vec<double, Width> half = 0.5 * f * f;
  const Vec<double, Width> tail = s * (half + t * polynomial<Width>(q, t)) + k * ln2_low;
  return {.log = k * ln2_high + (f - (half - tail)),
          .reciprocal = reciprocal + reciprocal * (1.0 - u * reciprocal)};
}

/// Loads and stores of rows: whole vectors, or the `count` lanes that are left at the end.
template <int Width, bool Whole>
struct RowLanes {
  Index count = Width;

  Vec<double, Width> load(const double* p) const {
    if constexpr (Whole) return elltwo::load<double, Width>(p);
    Vec<double, Width> v{};
    for (Index i = 0; i < count; ++i) v[i] = p[i];
    return v;
  }

  void store(double* p, Vec<double, Width> v) const {
    if constexpr (Whole) return elltwo::store<double, Width>(p, v);
    for (Index i = 0; i < count; ++i) p[i] = v[i];
  }
};

/// Calls f(rows, i) for rows [i, i + Width) of n, and for those left at the end.
template <int Width, class F>
inline void for_rows(Index n, const F& f) {
  Index i = 0;
  for (; i + Width <= n; i += Width) f(RowLanes<Width, true>{}, i);
  if (i < n) f(RowLanes<Width, false>{n - i}, i);
}

/// LogisticFn.
template <int Width>
void logistic(Index n, const double* z, double* other, double* softplus, double* variance) {
  using V = Vec<double, Width>;
  for_rows<Width>(n, [&](auto rows, Index i) {
    const V x = rows.load(z + i);
    const V small = exp_nonpositive<Width>(x > 0.0 ? -x : x);
    const auto one = one_plus<Width>(small);
    rows.store(other + i, (x > 0.0 ? small : 1.0 - V{}) * one.reciprocal);
    rows.store(softplus + i, one.log + (x < 0.0 ? -x : V{}));
    if (variance != nullptr) rows.store(variance + i, small * one.reciprocal * one.reciprocal);
  });
}

/// Replaces z by exp(z - top). Returns their sum without one of the largest, which is 1.
template <int Width, class R>
inline Vec<double, Width> exp_below(R rows, Index n_classes, double* z, Index ld,
                                    Vec<double, Width> top) {
  constexpr Index block = 16;  // of classes summed apart: less rounding than one long sum
  Vec<double, Width> rest{};
  Bits<Width> found{};
  for (Index k0 = 0; k0 < n_classes; k0 += block) {
    Vec<double, Width> sum{};
    for (Index k = k0; k < std::min(k0 + block, n_classes); ++k) {
      const Vec<double, Width> below = rows.load(z + k * ld) - top;
      const auto e = exp_nonpositive<Width>(below);
      const auto is_top = reinterpret_cast<Bits<Width>>(below == 0.0);
      sum += as_double<Width>(as_bits<Width>(e) & ~(is_top & ~found));
      found |= is_top;
      rows.store(z + k * ld, e);
    }
    rest += sum;
  }
  return rest;
}

/// SoftmaxFn.
template <int Width>
void softmax(Index n_classes, Index n, double* z, Index ld, const double* times, double* top,
             double* log_sum, double* others) {
  using V = Vec<double, Width>;
  for_rows<Width>(n, [&](auto rows, Index i) {
    V largest = rows.load(z + i);
    for (Index k = 1; k < n_classes; ++k) {
      const V x = rows.load(z + k * ld + i);
      largest = x > largest ? x : largest;
    }
    const V rest = exp_below<Width>(rows, n_classes, z + i, ld, largest);
    const auto one = one_plus<Width>(rest);
    const V factor = times != nullptr ? one.reciprocal * rows.load(times + i) : one.reciprocal;
    for (Index k = 0; k < n_classes; ++k) {
      rows.store(z + k * ld + i, rows.load(z + k * ld + i) * factor);
    }
    rows.store(top + i, largest);
    rows.store(log_sum + i, one.log);
    rows.store(others + i, rest * one.reciprocal);
  });
}

}  // namespace
}  // namespace elltwo
