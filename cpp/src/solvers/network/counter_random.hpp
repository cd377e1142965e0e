#pragma once

#include <cstdint>

#include "solvers/shared/split_mix.hpp"

namespace elltwo::network {

/// Random numbers that are a function of a key and a counter, so that any of them can be had
/// without those before.
class CounterRandom {
 public:
  CounterRandom(std::uint64_t seed, std::uint64_t stream)
      : key_(split_mix(split_mix(seed) + stream)) {}

  std::uint64_t bits(std::uint64_t counter) const {
    return split_mix(key_ + counter * split_mix_step);
  }

  /// In [0, 1), a multiple of 2^-53.
  double uniform(std::uint64_t counter) const { return uniform_of(bits(counter)); }

  /// In [0, n) for n < 2^32, but for a bias below n / 2^32.
  std::uint64_t below(std::uint64_t counter, std::uint64_t n) const {
    return ((bits(counter) >> 32) * n) >> 32;
  }

 private:
  std::uint64_t key_;
};

}  // namespace elltwo::network
