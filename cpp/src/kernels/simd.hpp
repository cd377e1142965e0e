#pragma once

#include "elltwo/views.hpp"

// Vectors by the extension of GCC and Clang. All of it is in an unnamed namespace, since each
// instruction set compiles a copy of its own.
namespace elltwo {
namespace {

template <class T, int Lanes>
struct VecOf {
  typedef T type __attribute__((vector_size(Lanes * sizeof(T))));
  typedef T unaligned
      __attribute__((vector_size(Lanes * sizeof(T)), aligned(sizeof(T)), may_alias));
};

template <class T, int Lanes>
using Vec = typename VecOf<T, Lanes>::type;

template <class T, int Lanes>
inline Vec<T, Lanes> load(const T* p) {
  return *reinterpret_cast<const typename VecOf<T, Lanes>::unaligned*>(p);
}

template <class T, int Lanes>
inline void store(T* p, Vec<T, Lanes> v) {
  *reinterpret_cast<typename VecOf<T, Lanes>::unaligned*>(p) = v;
}

template <int Lanes>
struct Interleave;  // masks of the perfect shuffle of two vectors

#define ELLTWO_INTERLEAVE(lanes, low_mask, high_mask)  \
  template <>                                          \
  struct Interleave<lanes> {                           \
    template <class V>                                 \
    static V low(V a, V b) {                           \
      return __builtin_shufflevector(a, b, low_mask);  \
    }                                                  \
    template <class V>                                 \
    static V high(V a, V b) {                          \
      return __builtin_shufflevector(a, b, high_mask); \
    }                                                  \
  };
#define ELLTWO_MASK(...) __VA_ARGS__
ELLTWO_INTERLEAVE(4, ELLTWO_MASK(0, 4, 1, 5), ELLTWO_MASK(2, 6, 3, 7))
ELLTWO_INTERLEAVE(8, ELLTWO_MASK(0, 8, 1, 9, 2, 10, 3, 11), ELLTWO_MASK(4, 12, 5, 13, 6, 14, 7, 15))
ELLTWO_INTERLEAVE(16, ELLTWO_MASK(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
                  ELLTWO_MASK(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31))
#undef ELLTWO_INTERLEAVE
#undef ELLTWO_MASK

/// Transposes Lanes vectors in place: log2(Lanes) rounds of perfect shuffles.
template <class T, int Lanes>
inline void transpose(Vec<T, Lanes> (&v)[Lanes]) {
#pragma GCC unroll 4
  for (int round = 1; round < Lanes; round *= 2) {
    Vec<T, Lanes> w[Lanes];
#pragma GCC unroll 16
    for (int i = 0; i < Lanes / 2; ++i) {
      w[2 * i] = Interleave<Lanes>::low(v[i], v[i + Lanes / 2]);
      w[2 * i + 1] = Interleave<Lanes>::high(v[i], v[i + Lanes / 2]);
    }
#pragma GCC unroll 16
    for (int i = 0; i < Lanes; ++i) v[i] = w[i];
  }
}

/// out[i] = the sum of the lanes of v[i] for Lanes vectors, in log2(Lanes) rounds. Each round adds
/// pairs of vectors, with the even lanes of one and the odd lanes of the other.
template <class T, int Lanes>
inline void store_sums(Vec<T, Lanes> (&v)[Lanes], T* out) {
#pragma GCC unroll 4
  for (int half = Lanes / 2; half > 0; half /= 2) {
#pragma GCC unroll 8
    for (int i = 0; i < half; ++i) {
      v[i] = Interleave<Lanes>::low(v[i], v[i + half]) + Interleave<Lanes>::high(v[i], v[i + half]);
    }
  }
  store<T, Lanes>(out, v[0]);
}

}  // namespace
}  // namespace elltwo
