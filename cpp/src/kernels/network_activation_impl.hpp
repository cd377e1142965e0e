#pragma once

#include <cstdint>

#include "kernels/network.hpp"
#include "kernels/simd.hpp"

namespace elltwo::network {
namespace {

template <Real T>
struct ExpConstants;

/// exp(r) = 1 + r + r^2 q(r) for |r| <= ln(2) / 2.
template <>
struct ExpConstants<double> {
  using Bits = std::int64_t;
  static constexpr double q[] = {0.50000000000000134131,   0.16666666666666684719,
                                 0.041666666666510653105,  0.0083333333333161921596,
                                 0.001388888894814066535,  0.00019841269898232815388,
                                 2.4801488859101367043e-5, 2.7557233186138299516e-6,
                                 2.7631647037968626199e-7, 2.5112575199224824494e-8};
  static constexpr double ln2_high = 0x1.62e42feep-1;
  static constexpr double ln2_low = 0x1.a39ef35793c76p-33;
  static constexpr double to_integer = 0x1.8p52;
  static constexpr double bias = 1023.0;
  static constexpr int mantissa = 52;
  static constexpr double least = -708.0;
};

template <>
struct ExpConstants<float> {
  using Bits = std::int32_t;
  static constexpr float q[] = {0.5F, 0.16666542544680052F, 0.04166628062799687F,
                                0.008366644070536508F, 0.0013946554611374946F};
  static constexpr float ln2_high = 0x1.62e4p-1F;
  static constexpr float ln2_low = 1.4286068203094173e-06F;
  static constexpr float to_integer = 0x1.8p23F;
  static constexpr float bias = 127.0F;
  static constexpr int mantissa = 23;
  static constexpr float least = -87.0F;
};

/// exp(x) = power (1 + rest) with a power of two, for x <= 0, which counts as `least` below it.
template <class T, int Width>
struct ExpParts {
  Vec<T, Width> power;
  Vec<T, Width> rest;

  explicit ExpParts(Vec<T, Width> x) {
    using C = ExpConstants<T>;
    using V = Vec<T, Width>;
    using B = Vec<typename C::Bits, Width>;
    constexpr int terms = sizeof(C::q) / sizeof(T);
    x = x < C::least ? C::least - V{} : x;
    const V k = (x * T(1.4426950408889634074) + C::to_integer) - C::to_integer;
    const V r = (x - k * C::ln2_high) - k * C::ln2_low;
    V sum = C::q[terms - 1] - V{};
#pragma GCC unroll 16
    for (int i = terms - 2; i >= 0; --i) sum = sum * r + C::q[i];
    rest = r + r * r * sum;
    power = reinterpret_cast<V>(reinterpret_cast<B>(k + (C::to_integer + C::bias)) << C::mantissa);
  }
};

template <class T, int Width>
inline Vec<T, Width> tanh_of(Vec<T, Width> x) {
  const Vec<T, Width> magnitude = x < T(0) ? -x : x;
  const ExpParts<T, Width> e(T(-2) * magnitude);
  const Vec<T, Width> less_one = e.power * e.rest + (e.power - T(1));  // exp(-2 |x|) - 1
  const Vec<T, Width> t = -less_one / (less_one + T(2));
  return x < T(0) ? -t : t;
}

template <class T, int Width>
inline Vec<T, Width> logistic_of(Vec<T, Width> x) {
  const ExpParts<T, Width> parts(x > T(0) ? -x : x);
  const Vec<T, Width> e = parts.power * parts.rest + parts.power;
  const Vec<T, Width> one = T(1) - Vec<T, Width>{};
  return (x > T(0) ? one : e) / (T(1) + e);
}

template <class T, int Width, class F>
inline void for_vectors(Index count, T* out, F f) {
  for (Index i = 0; i < count; i += Width) store<T, Width>(out + i, f(i));
}

template <class T, int Width>
void activate(Activation activation, Index count, T* z) {
  const auto at = [z](Index i) { return load<T, Width>(z + i); };
  switch (activation) {
    case Activation::identity:
      return;
    case Activation::logistic:
      return for_vectors<T, Width>(count, z, [&](Index i) { return logistic_of<T, Width>(at(i)); });
    case Activation::tanh:
      return for_vectors<T, Width>(count, z, [&](Index i) { return tanh_of<T, Width>(at(i)); });
    case Activation::relu:
      return for_vectors<T, Width>(count, z, [&](Index i) {
        const Vec<T, Width> x = at(i);
        return x > T(0) ? x : Vec<T, Width>{};
      });
  }
}

template <class T, int Width>
void chain(Activation activation, Index count, const T* a, T* delta) {
  const auto at = [a](Index i) { return load<T, Width>(a + i); };
  const auto slope = [delta](Index i) { return load<T, Width>(delta + i); };
  switch (activation) {
    case Activation::identity:
      return;
    case Activation::logistic:
      return for_vectors<T, Width>(count, delta, [&](Index i) {
        const Vec<T, Width> x = at(i);
        return slope(i) * (x * (T(1) - x));
      });
    case Activation::tanh:
      return for_vectors<T, Width>(count, delta, [&](Index i) {
        const Vec<T, Width> x = at(i);
        return slope(i) * (T(1) - x * x);
      });
    case Activation::relu:
      return for_vectors<T, Width>(
          count, delta, [&](Index i) { return at(i) > T(0) ? slope(i) : Vec<T, Width>{}; });
  }
}

}  // namespace
}  // namespace elltwo::network
