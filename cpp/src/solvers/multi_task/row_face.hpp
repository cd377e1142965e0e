#pragma once

#include <vector>

#include "elltwo/views.hpp"

namespace elltwo {

/// The rows of a working set that are not zero, where the penalty is smooth, in units in which the
/// columns have norm one: the gradient's negative R and the parts of the Hessian
///   G_AA (x) I + blockdiag( a2 I + turn (I - u u') ),   turn_j = a1 / |B_j|,  u_j = B_j / |B_j|.
struct RowFace {
  Index n_outputs = 0;
  std::vector<Index> slots;  ///< ascending
  std::vector<double> unit;  ///< 1 / |z_j|, by which row j's columns are multiplied
  std::vector<double> turn;  ///< in these units
  std::vector<double> l2;    ///< a2 in these units
  std::vector<double> u;     ///< rows
  std::vector<double> r;     ///< rows

  Index size() const { return static_cast<Index>(slots.size()); }
};

}  // namespace elltwo
