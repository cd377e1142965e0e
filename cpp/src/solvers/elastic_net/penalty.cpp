#include "solvers/elastic_net/penalty.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "solvers/shared/box.hpp"
#include "solvers/shared/ranges.hpp"

namespace elltwo {
namespace {

double factor_of(const NetTerms& terms, Index j) {
  return terms.factors.empty() ? 1.0 : terms.factors[j];
}

// The middle of the exponents that the units give to the L1 penalties, so that none of them leaves
// the range of double before another does.
int middle_exponent(const NetUnits& units, const std::vector<char>& pinned, Index target) {
  int least = 0, most = 0;
  bool any = false;
  for (std::size_t j = 0; j < pinned.size(); ++j) {
    if (pinned[j] != 0) continue;
    const int own = std::ilogb(units.x(static_cast<Index>(j)));
    least = any ? std::min(least, own) : own;
    most = any ? std::max(most, own) : own;
    any = true;
  }
  return least / 2 + most / 2 + std::ilogb(units.y(target)) + std::ilogb(units.weight);
}

}  // namespace

NetPenalty::NetPenalty(const NetTerms& terms, const NetUnits& units,
                       const std::vector<char>& pinned, Index target)
    : target_(target), l1_ratio_(terms.l1_ratio), pinned_(pinned), slots_(pinned.size()) {
  const auto p = n_features();
  for (Index j = 0; j < p; ++j) {
    if (std::isinf(factor_of(terms, j))) pinned_[j] = 1;
  }
  alpha_exponent_ = middle_exponent(units, pinned_, target);
  if (!terms.prior.empty()) prior_.resize(p);
  for (Index j = 0; j < p; ++j) {
    if (!terms.prior.empty()) {
      prior_[j] = rescaled(terms.prior[target * p + j], units.y(target), units.x(j));
    }
    auto& slot = slots_[j];
    if (pinned_[j] != 0) {
      slot = {.l1 = 1.0, .l2 = 0.0, .lower = 0.0, .upper = 0.0};
      if (std::isinf(factor_of(terms, j))) continue;
      const auto own = scaled(terms, units, j);
      const double d = std::min(std::max(0.0, own.lower), own.upper);
      if (d != 0.0) fixed_.push_back({j, d, own});
      continue;
    }
    movable_.push_back(j);
    slot = scaled(terms, units, j);
    excludes_zero_ = excludes_zero_ || slot.lower > 0.0 || slot.upper < 0.0;
  }
}

// l1 = f rho s_x s_y s_w / s_alpha and l2 = f (1 - rho) s_x^2 s_w / s_alpha.
SlotPenalty NetPenalty::scaled(const NetTerms& terms, const NetUnits& units, Index j) const {
  const double f = factor_of(terms, j);
  const int x = std::ilogb(units.x(j)), w = std::ilogb(units.weight);
  const int y = std::ilogb(units.y(target_));
  const double m = terms.prior.empty() ? 0.0 : terms.prior[target_ * n_features() + j];
  const SlotPenalty slot{
      .l1 = std::ldexp(f * l1_ratio_, x + y + w - alpha_exponent_),
      .l2 = std::ldexp(f * (1.0 - l1_ratio_), 2 * x + w - alpha_exponent_),
      .lower = rescaled(lower_of(terms.box, j) - m, units.y(target_), units.x(j)),
      .upper = rescaled(upper_of(terms.box, j) - m, units.y(target_), units.x(j))};
  if (slot.l1 <= largest_scaled && slot.l2 <= largest_scaled) return slot;
  throw std::invalid_argument(
      "X, y and penalty_factors must not differ so much in scale that their products leave the "
      "range of double; scale them");
}

double NetPenalty::scaled_alpha(double alpha) const {
  if (alpha == 0.0 || std::isinf(alpha)) return alpha;
  return std::ldexp(alpha, alpha_exponent_);
}

double NetPenalty::alpha_to_solve_at(double alpha, double alpha_max) const {
  const double own = scaled_alpha(alpha);
  if (excludes_zero_) return own;
  return std::min(own, alpha_max > 0.0 ? 2 * alpha_max : 1.0);
}

double NetPenalty::user_alpha(double scaled) const {
  return std::isinf(scaled) ? scaled : std::ldexp(scaled, -alpha_exponent_);
}

double NetPenalty::alpha_max(const double* q) const {
  double largest = 0.0;
  for (const Index j : movable_) {
    const auto& slot = slots_[j];
    if (is_unpenalised(j) || slot.lower > 0.0 || slot.upper < 0.0) continue;
    if (q[j] > 0.0 ? slot.upper > 0.0 : slot.lower < 0.0) {
      largest = std::max(largest, std::abs(q[j]) / slot.l1);
    }
  }
  return largest;
}

ElasticNetTerms NetPenalty::at(double alpha, Space& space) const {
  const auto p = slots_.size();
  if (space.lower.size() != p) {
    space.lower.resize(p);
    space.upper.resize(p);
    for (std::size_t j = 0; j < p; ++j) {
      space.lower[j] = slots_[j].lower;
      space.upper[j] = slots_[j].upper;
    }
  }
  space.l1.resize(p);
  space.l2.resize(p);
  for (std::size_t j = 0; j < p; ++j) {
    space.l1[j] = alpha * slots_[j].l1;
    space.l2[j] = alpha * slots_[j].l2;
  }
  return {space.l1, space.l2, space.lower, space.upper};
}

}  // namespace elltwo
