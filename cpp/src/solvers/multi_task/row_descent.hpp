#pragma once

#include <span>
#include <vector>

#include "solvers/multi_task/row_slots.hpp"

namespace elltwo {

/// Sweeps of block coordinate descent over the rows of these slots, each of which goes to its
/// minimum given the others,
///   B_s = (1 - alpha l1_s / |z|)_+ z / (G_ss + alpha l2_s),   z = Q_s + G_ss B_s,
/// so that the objective never rises. Changes b; returns the changes of its rows, in the order of
/// `rows`. q is that of the point before.
std::vector<double> descend_rows(const RowSlots& slots, double alpha, std::span<const Index> rows,
                                 int sweeps, double* b, const double* q);

}  // namespace elltwo
