#pragma once

#include <cstdint>

namespace elltwo {

/// What a generator by counters adds to its state: 2^64 over the golden ratio.
inline constexpr std::uint64_t split_mix_step = 0x9e3779b97f4a7c15;

/// The pseudo-random bits that SplitMix64 returns in a state (Steele, Lea and Flood 2014).
constexpr std::uint64_t split_mix(std::uint64_t state) {
  state += split_mix_step;
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
  state = (state ^ (state >> 27)) * 0x94d049bb133111eb;
  return state ^ (state >> 31);
}

/// A number in [0, 1), a multiple of 2^-53, from random bits.
constexpr double uniform_of(std::uint64_t bits) {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace elltwo
