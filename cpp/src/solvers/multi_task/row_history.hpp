#pragma once

#include <deque>
#include <vector>

#include "elltwo/views.hpp"

namespace elltwo {

/// The last points of a path, from which the next is extrapolated: each row as a polynomial in log
/// alpha through the points, up to three, at which it was not zero.
class RowHistory {
 public:
  explicit RowHistory(Index n_outputs) : n_outputs_(n_outputs) {}

  /// Adds a point, in the place of the last if that has the same alpha.
  void add(double alpha, const std::vector<double>& b);
  void forget() { points_.clear(); }
  void keep(const std::vector<Index>& slots);

  /// Writes the point expected at alpha, where `b` is the last one and may be longer than those
  /// before. Rows that are zero, or that the extrapolation turns by a right angle or more, stay.
  /// False where too little is known, or alpha is too far away.
  bool extrapolate(double alpha, std::vector<double>& b) const;

 private:
  static constexpr std::size_t most_points = 3;

  struct Point {
    double log_alpha;
    std::vector<double> b;
  };

  Index n_outputs_;
  std::deque<Point> points_;  // the last first
};

}  // namespace elltwo
