#pragma once

#include <cstdint>

namespace elltwo::network {

/// Random numbers that are a function of a key and a counter, so that any of them can be had
/// without those before (Steele, Lea and Flood 2014, the finaliser of SplitMix).
class CounterRandom {
 public:
  CounterRandom(std::uint64_t seed, std::uint64_t stream) : key_(mixed(mixed(seed) + stream)) {}

  std::uint64_t bits(std::uint64_t counter) const { return mixed(key_ + counter * golden); }

  /// In [0, 1), a multiple of 2^-53.
  double uniform(std::uint64_t counter) const {
    return static_cast<double>(bits(counter) >> 11) * 0x1p-53;
  }

  /// In [0, n) for n < 2^32, but for a bias below n / 2^32.
  std::uint64_t below(std::uint64_t counter, std::uint64_t n) const {
    return ((bits(counter) >> 32) * n) >> 32;
  }

 private:
  static constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;

  static std::uint64_t mixed(std::uint64_t z) {
    z += golden;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  std::uint64_t key_;
};

}  // namespace elltwo::network
