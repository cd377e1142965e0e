#pragma once

#include <deque>
#include <span>
#include <vector>

#include "elltwo/views.hpp"

namespace elltwo::network {

/// Pairs of steps and changes of the gradient, and the direction that they give (Nocedal and Wright
/// 2006, algorithm 7.4).
class LbfgsHistory {
 public:
  LbfgsHistory(Index size, int memory) : size_(size), memory_(memory) {}

  bool empty() const { return pairs_.empty(); }
  void clear() { pairs_.clear(); }

  /// Keeps the pair step * direction, after - before, if its curvature is positive. Drops the
  /// oldest pair beyond the memory.
  void add(double step, std::span<const double> direction, std::span<const double> before,
           std::span<const double> after);

  /// direction = -H gradient. H is a multiple of the identity without pairs.
  void direction(std::span<const double> gradient, std::span<double> direction);

 private:
  struct Pair {
    std::vector<double> step;
    std::vector<double> change;
    double product = 0.0;  // of the two
    double weight = 0.0;   // of the first loop
  };
  Index size_;
  int memory_;
  std::deque<Pair> pairs_;
};

}  // namespace elltwo::network
