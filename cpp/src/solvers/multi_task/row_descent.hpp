#pragma once

#include <span>
#include <vector>

#include "elltwo/monitor.hpp"
#include "solvers/multi_task/row_slots.hpp"

namespace elltwo {

/// Block coordinate descent over rows, each of which goes to its minimum given the others,
///   B_s = (1 - alpha l1_s / |z|)_+ z / (G_ss + alpha l2_s),   z = Q_s + G_ss B_s,
/// so that the objective never rises.
struct RowDescent {
  const RowSlots& slots;
  double alpha;
  Monitor& monitor;

  /// Sweeps over the rows of these slots. Changes b; returns the changes of its rows, in the order
  /// of `rows`. q is that of the point before. Throws Interrupted.
  std::vector<double> sweep(std::span<const Index> rows, int times, double* b,
                            const double* q) const;
};

}  // namespace elltwo
