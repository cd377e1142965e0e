#pragma once

#include <vector>

#include "elltwo/monitor.hpp"
#include "solvers/active_set/slots.hpp"

namespace elltwo {

/// Of the points that differ only in slots without a penalty and fit as well, the one with the
/// least sum of squares in these slots, as ridge regression has it in the limit of small
/// penalties.
class LeastNorm {
 public:
  /// Decomposes the Gram matrix of the slots that have neither a penalty nor bounds. Throws
  /// Interrupted.
  LeastNorm(const Slots& slots, Monitor& monitor);

  /// Takes out of d, a value for each slot, what lies in the null space.
  void apply(double* d) const;

 private:
  std::vector<Index> free_;
  std::vector<std::vector<double>> null_;  // an orthonormal basis of the null space
};

}  // namespace elltwo
