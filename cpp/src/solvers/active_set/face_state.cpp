#include "solvers/active_set/face_state.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/table.hpp"
#include "parallel/interruption.hpp"
#include "solvers/active_set/exchange.hpp"

namespace elltwo {
namespace {

constexpr double roundings = 0x1p-50;  // of a sum of products, relative to that of their sizes

}  // namespace

void FaceState::take_appended() {
  const Index first = size();
  const Index m = slots.size();
  const auto all = static_cast<std::size_t>(m);
  b.resize(all);
  q.resize(all);
  sign.resize(all, 1.0);
  low.resize(all, 0.0);
  high.resize(all, 0.0);
  place.resize(all, Place::zero);
  left_out.resize(all, 0);
  root_.resize(all);
  for (Index s = first; s < m; ++s) {
    const SlotPenalty& penalty = slots.penalty(s);
    b[s] = std::clamp(0.0, penalty.lower, penalty.upper);
    set_fixed(s);
  }
  take_new_quadratic();
}

void FaceState::take_new_quadratic() {
  largest_l1_ = 0.0;
  for (Index s = 0; s < size(); ++s) {
    root_[s] = std::sqrt(slots.gram(s, s));
    if (root_[s] > 0.0) largest_l1_ = std::max(largest_l1_, slots.penalty(s).l1 / root_[s]);
  }
  take_new_linear_term();
}

void FaceState::take_new_linear_term() {
  largest_c_ = 0.0;
  for (Index s = 0; s < size(); ++s) {
    if (root_[s] > 0.0) largest_c_ = std::max(largest_c_, std::abs(slots.c(s)) / root_[s]);
  }
  refresh();
}

bool FaceState::take_kept(const std::vector<Index>& kept) {
  std::vector<Index> new_number(b.size(), -1);
  for (std::size_t i = 0; i < kept.size(); ++i) new_number[kept[i]] = static_cast<Index>(i);
  const std::vector<Index>& order = factor.order();
  const bool whole =
      std::none_of(order.begin(), order.end(), [&](Index s) { return new_number[s] < 0; });
  if (whole) factor.renumber(new_number);
  else factor.clear(alpha);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const Index s = kept[i];
    b[i] = b[s];
    sign[i] = sign[s];
    low[i] = low[s];
    high[i] = high[s];
    place[i] = place[s];
  }
  b.resize(kept.size());
  q.resize(kept.size());
  sign.resize(kept.size());
  low.resize(kept.size());
  high.resize(kept.size());
  place.resize(kept.size());
  left_out.assign(kept.size(), 0);
  root_.resize(kept.size());
  take_new_quadratic();
  return whole;
}

void FaceState::set_point(const double* values) {
  factor.clear(alpha);
  for (Index s = 0; s < size(); ++s) {
    const SlotPenalty& penalty = slots.penalty(s);
    b[s] = std::clamp(values[s], penalty.lower, penalty.upper);
    left_out[s] = 0;
    if (at_end(s)) set_fixed(s);
    else set_free(s, 1.0);
  }
  refresh();
}

void FaceState::refresh() {
  const Index m = size();
  for (Index s = 0; s < m; ++s) q[s] = slots.c(s);
  moved_.clear();
  minus_b_.clear();
  double sum = 0.0;
  double lost = 0.0;
  for (Index s = 0; s < m; ++s) {
    if (b[s] == 0.0) continue;
    sum += root_[s] * std::abs(b[s]);
    const double ridge = alpha * slots.penalty(s).l2;
    if (ridge < FaceFactor::least_ridge * slots.gram(s, s))
      lost += ridge * std::abs(b[s]) / root_[s];
    moved_.push_back(s);
    minus_b_.push_back(-b[s]);
  }
  kernels().add_columns(m, slots.gram(0), slots.ld(), static_cast<Index>(moved_.size()),
                        moved_.data(), minus_b_.data(), q.data());
  noise_ = roundings * sum + 2.0 * lost;
}

void FaceState::gradient(std::vector<double>& out) const {
  const std::vector<Index>& order = factor.order();
  out.resize(order.size());
  for (std::size_t a = 0; a < order.size(); ++a) out[a] = gradient(order[a]);
}

double FaceState::violation(Index s) const {
  const SlotPenalty& penalty = slots.penalty(s);
  const double l1 = alpha * penalty.l1;
  const double slope = q[s] - alpha * penalty.l2 * b[s];
  if (slope - (b[s] >= 0.0 ? l1 : -l1) > 0.0) {
    return b[s] < penalty.upper ? slope - (b[s] >= 0.0 ? l1 : -l1) : 0.0;
  }
  if (slope - (b[s] > 0.0 ? l1 : -l1) < 0.0) {
    return b[s] > penalty.lower ? slope - (b[s] > 0.0 ? l1 : -l1) : 0.0;
  }
  return 0.0;
}

double FaceState::noise(Index s) const {
  return noise_ * root_[s] + roundings * std::abs(slots.c(s));
}

double FaceState::unit(Index s) const {
  const double l1 = slots.penalty(s).l1;
  if (alpha * l1 > 0.0) return alpha * l1;
  const double unit = root_[s] * (alpha * largest_l1_ > 0.0 ? alpha * largest_l1_ : largest_c_);
  return unit > 0.0 ? unit : 1.0;
}

void FaceState::set_free(Index s, double direction) {
  const SlotPenalty& penalty = slots.penalty(s);
  sign[s] = b[s] != 0.0 ? std::copysign(1.0, b[s]) : std::copysign(1.0, direction);
  place[s] = sign[s] > 0.0 ? Place::plus : Place::minus;
  low[s] = penalty.lower;
  high[s] = penalty.upper;
  if (!has_kink(s)) return;
  if (sign[s] > 0.0) low[s] = std::max(low[s], 0.0);
  else high[s] = std::min(high[s], 0.0);
}

void FaceState::set_fixed(Index s) {
  if (b[s] == 0.0) {
    b[s] = 0.0;  // not -0
    place[s] = Place::zero;
  } else {
    place[s] = b[s] == slots.penalty(s).lower ? Place::lower : Place::upper;
  }
  // Those left out for its sake may be needed now.
  if (!has_kink(s)) std::fill(left_out.begin(), left_out.end(), 0);
}

bool FaceState::at_end(Index s) const {
  const SlotPenalty& penalty = slots.penalty(s);
  return b[s] == penalty.lower || b[s] == penalty.upper || (b[s] == 0.0 && has_kink(s));
}

void FaceState::leave(const std::vector<Index>& positions) {
  if (positions.empty()) return;
  // Rotations cost about 3 (k - position)^2 operations of single columns, a new factor k^3 / 3 of
  // blocks, which are about four times as fast.
  const double k = static_cast<double>(factor.size());
  double rotations = 0.0;
  for (const Index position : positions) {
    const double rest = k - static_cast<double>(position);
    rotations += 12.0 * rest * rest;
    set_fixed(factor.order()[position]);
  }
  if (rotations > k * k * k / 3.0 && k > 64.0) {
    std::vector<Index> order;
    for (const Index s : factor.order()) {
      if (is_free(s)) order.push_back(s);
    }
    rebuild(std::move(order));
    return;
  }
  for (auto position = positions.rbegin(); position != positions.rend(); ++position) {
    check(monitor);
    factor.remove(*position);
  }
}

void FaceState::rebuild(std::vector<Index> order) {
  factor.clear(alpha);
  std::span<const Index> rest(order);
  while (!rest.empty()) {
    rest = rest.subspan(factor.append(rest));
    if (rest.empty()) break;
    exchange(*this, rest[0]);
    rest = rest.subspan(1);
  }
}

}  // namespace elltwo
