#pragma once

#include <vector>

#include "elltwo/box.hpp"
#include "solvers/active_set/slots.hpp"
#include "solvers/logistic_l1/design.hpp"

namespace elltwo {

/// What one l1_ratio makes of alpha in the coordinates of a design: a coefficient d_kj has the
/// penalty alpha (l1_j |d| + l2_j d^2 / 2) between lower_kj and upper_kj. Entries (k, j) are number
/// k p + j.
struct LogisticL1Penalty {
  Index p = 0;
  std::vector<double> l1;     ///< p
  std::vector<double> l2;     ///< p
  std::vector<double> lower;  ///< outputs x p; empty: no bounds
  std::vector<double> upper;
  std::vector<bool> pinned;  ///< p: the coefficient stays at its prior mean
  std::vector<bool> free;    ///< p: it is fitted without a penalty

  double lower_of(Index e) const { return lower.empty() ? -infinity : lower[e]; }
  double upper_of(Index e) const { return upper.empty() ? infinity : upper[e]; }
  SlotPenalty slot(Index e) const {
    return {.l1 = l1[e % p], .l2 = l2[e % p], .lower = lower_of(e), .upper = upper_of(e)};
  }
  /// Whether bounds keep the coefficient from its prior mean.
  bool excludes_zero(Index e) const { return lower_of(e) > 0.0 || upper_of(e) < 0.0; }
  /// By how much a slope q of a coefficient at zero exceeds what the penalty balances at an alpha
  /// of 1, as the alpha that balances it: the coefficient stays at zero where alpha is at least
  /// this. 0 for coefficients that are pinned.
  double entry_alpha(Index e, double q) const;
};

template <Real T>
LogisticL1Penalty l1_penalty(const LogisticL1Design& design, const LogisticData<T>& data,
                             const Box& box, double l1_ratio);

}  // namespace elltwo
