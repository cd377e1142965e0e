#pragma once

#include <vector>

#include "linalg/buffer.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {

/// The penalty of a coefficient, h(b) = alpha (l1 |b| + l2 b^2 / 2) for lower <= b <= upper, in
/// scaled coordinates. Both factors are 0 where the coefficient is not penalised.
struct SlotPenalty {
  double l1 = 1.0;
  double l2 = 0.0;
  double lower = -infinity;
  double upper = infinity;
};

/// The quadratic 1/2 b'G b - c'b of a working set: a slot for each of its columns, in the order in
/// which they came. G grows by whole columns and keeps both triangles.
class Slots {
 public:
  /// Slots that solvers ask for at most: G and the factor of a face have 3.2 GB each then.
  static constexpr Index most = 20000;

  Index size() const { return static_cast<Index>(penalty_.size()); }

  /// Distance between columns of G.
  Index ld() const { return ld_; }

  /// Makes room for `capacity` slots, so that appending up to there moves nothing.
  void reserve(Index capacity);

  /// Appends slots. The caller then writes G(i, s) = gram(s)[i] for every new slot s and all i <=
  /// s, calls mirror(), and sets c.
  void append(const std::vector<SlotPenalty>& penalties);

  /// Copies G(i, s) to G(s, i) for the slots from `first` on.
  void mirror(Index first);

  /// Keeps these slots, in ascending order, and forgets the others.
  void keep(const std::vector<Index>& slots);

  double* gram(Index s) { return gram_.data() + s * ld_; }
  const double* gram(Index s) const { return gram_.data() + s * ld_; }
  double gram(Index i, Index s) const { return gram_[s * ld_ + i]; }
  double& c(Index s) { return c_[s]; }
  double c(Index s) const { return c_[s]; }
  const SlotPenalty& penalty(Index s) const { return penalty_[s]; }

 private:
  Index ld_ = 0;
  Buffer<double> gram_;
  std::vector<double> c_;
  std::vector<SlotPenalty> penalty_;
};

}  // namespace elltwo
