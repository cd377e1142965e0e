#pragma once

#include <vector>

#include "elltwo/monitor.hpp"
#include "linalg/buffer.hpp"
#include "solvers/multi_task/block_inverse.hpp"
#include "solvers/multi_task/row_slots.hpp"

namespace elltwo {

/// Newton directions on the rows that are not zero, by conjugate gradients with BlockInverse as
/// preconditioner, in the arithmetic of Real. A direction needs a few digits only: single precision
/// reads half of the bytes, and the residuals that decide are those of RowSolver.
template <class Real>
class NewtonDirection {
 public:
  NewtonDirection(const RowSlots& slots, int n_threads, Monitor& monitor)
      : slots_(slots), n_threads_(n_threads), monitor_(monitor) {}

  /// To be called where slots were appended; `first` is the first of them. 0: all are new.
  void take_slots(Index first);

  /// Writes d with |H d - r| <= eta |r| in the preconditioner's norm, unless rounding or the limit
  /// of steps is in the way, and returns the number of steps. Throws Interrupted.
  Index solve(const RowFace& face, double eta, std::vector<double>& d);

 private:
  static constexpr Index most_steps = 500;

  void choose_matrix(const RowFace& face);
  void multiply(const RowFace& face, const Real* p, Real* out) const;
  void multiply_panel(Index n, Index first, Index columns, const Real* p, Real* out) const;
  double dot(const RowFace& face, const Real* a, const Real* b) const;

  const RowSlots& slots_;
  int n_threads_;
  Monitor& monitor_;
  Index ld_all_ = 0;
  Buffer<Real> all_;                // G of all slots in units of norm one
  std::vector<Index> gathered_of_;  // the slots in gathered_
  Buffer<Real> gathered_;
  const Real* matrix_ = nullptr;  // the one in use, and its shape
  Index order_ = 0;
  Index ld_ = 0;
  std::vector<Index> places_;  // of the face's rows in it
  std::vector<double> turn_;   // bounded, see largest_turn()
  BlockInverse<Real> inverse_;
};

}  // namespace elltwo
