#pragma once

#include <span>
#include <vector>

#include "elltwo/monitor.hpp"
#include "linalg/buffer.hpp"
#include "solvers/active_set/slots.hpp"

namespace elltwo {

/// The Cholesky factor L L' = G_AA + alpha_L diag(l2_A) of the free slots A of a face, in the order
/// in which they came. Slots enter as blocks and leave one by one.
class FaceFactor {
 public:
  /// alpha l2 over a diagonal entry of G from which on it makes columns independent.
  static constexpr double least_ridge = 1e-13;

  FaceFactor(const Slots& slots, Monitor& monitor) : slots_(slots), monitor_(monitor) {}

  Index size() const { return static_cast<Index>(order_.size()); }
  const std::vector<Index>& order() const { return order_; }

  /// Whether conjugate gradients at alpha need few steps: alpha and alpha_L are within `ratio` of
  /// each other, or do not matter.
  bool serves(double alpha, double ratio) const;

  /// Removes all slots and sets alpha_L.
  void clear(double alpha);

  /// Gives the slots of the factor their new numbers.
  void renumber(const std::vector<Index>& new_number);

  /// Appends slots up to the first that depends on those before it: whose squared pivot is less
  /// than least_ridge of its diagonal entry, or 1e-10 for l1 alone. Returns how many were appended.
  /// Throws Interrupted.
  Index append(std::span<const Index> slots);

  /// Removes the slot at a position of order(), by rotations.
  void remove(Index position);

  /// v = (G_AA + alpha diag(l2_A))^-1 v to a relative `tolerance`: where alpha is not alpha_L, by
  /// conjugate gradients preconditioned by L L'.
  void solve(double alpha, double tolerance, double* v);

 private:
  void make_room(Index size);
  void fill_rows(Index first, std::span<const Index> slots);
  void substitute_rows(Index k, Index count);
  void fill_corner(Index first, std::span<const Index> slots);
  Index factor_corner(Index first, std::span<const Index> slots);
  void substitute(double* v) const;
  void conjugate_gradients(double shift, double tolerance, double* v);

  const Slots& slots_;
  Monitor& monitor_;
  double alpha_ = 0.0;
  bool ridge_ = false;  // whether some l2 of the face is not 0
  std::vector<Index> order_;
  Index ld_ = 0;
  Buffer<double> lower_;
  std::vector<double> least_;
  std::vector<double> work_;
};

}  // namespace elltwo
