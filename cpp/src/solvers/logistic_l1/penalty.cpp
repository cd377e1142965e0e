#include "solvers/logistic_l1/penalty.hpp"

#include <cmath>

#include "solvers/shared/box.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

// The bounds of d_kj = (b_kj - m_kj) / s_j.
void set_scaled_bounds(const LogisticL1Design& design, const Box& box, LogisticL1Penalty& penalty) {
  if (is_unbounded(box)) return;
  for (Index k = 0; k < design.outputs; ++k) {
    for (Index j = 0; j < design.p; ++j) {
      const double m = design.prior_of(k, j);
      const bool pinned = penalty.pinned[j];
      penalty.lower.push_back(pinned ? 0.0 : (lower_of(box, j) - m) / design.scale[j]);
      penalty.upper.push_back(pinned ? 0.0 : (upper_of(box, j) - m) / design.scale[j]);
    }
  }
}

}  // namespace

double LogisticL1Penalty::entry_alpha(Index e, double q) const {
  const Index j = e % p;
  if (pinned[j] || (q > 0.0 && upper_of(e) <= 0.0) || (q < 0.0 && lower_of(e) >= 0.0)) return 0.0;
  return std::abs(q) / l1[j];
}

template <Real T>
LogisticL1Penalty l1_penalty(const LogisticL1Design& design, const LogisticData<T>& data,
                             const Box& box, double l1_ratio) {
  LogisticL1Penalty penalty;
  penalty.p = design.p;
  for (Index j = 0; j < design.p; ++j) {
    const double f = data.penalty_factors.empty() ? 1.0 : data.penalty_factors[j];
    const bool pinned = std::isinf(f) || design.size[j] == 0.0;
    const double factor = pinned ? 1.0 : f;
    const double s = design.scale[j];
    penalty.pinned.push_back(pinned);
    penalty.free.push_back(!pinned && f == 0.0);
    penalty.l1.push_back(penalty_in_units(factor * l1_ratio, 1.0, design.weight_scale) * s);
    penalty.l2.push_back(penalty_in_units(factor * (1.0 - l1_ratio), s, design.weight_scale));
  }
  set_scaled_bounds(design, box, penalty);
  return penalty;
}

template LogisticL1Penalty l1_penalty<double>(const LogisticL1Design&, const LogisticData<double>&,
                                              const Box&, double);
template LogisticL1Penalty l1_penalty<float>(const LogisticL1Design&, const LogisticData<float>&,
                                             const Box&, double);

}  // namespace elltwo
