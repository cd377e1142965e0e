#include "solvers/active_set/slots.hpp"

#include <algorithm>

namespace elltwo {
namespace {

constexpr Index least_capacity = 64;  // slots

}  // namespace

void Slots::reserve(Index capacity) {
  if (capacity <= ld_) return;
  Buffer<double> grown(capacity * capacity);
  const Index m = size();
  for (Index s = 0; s < m; ++s) std::copy_n(gram(s), m, grown.data() + s * capacity);
  gram_ = std::move(grown);
  ld_ = capacity;
}

void Slots::append(const std::vector<SlotPenalty>& penalties) {
  const Index wanted = size() + static_cast<Index>(penalties.size());
  // Room that is not written costs no memory; moving a large matrix costs more than its products.
  if (wanted > ld_) reserve(std::max({wanted, 2 * ld_, least_capacity}));
  penalty_.insert(penalty_.end(), penalties.begin(), penalties.end());
  c_.resize(penalty_.size(), 0.0);
}

void Slots::mirror(Index first) {
  constexpr Index block = 32;  // rows and columns of a tile that stays in the nearest cache
  const Index m = size();
  for (Index s0 = first; s0 < m; s0 += block) {
    const Index s1 = std::min(s0 + block, m);
    for (Index i0 = 0; i0 < s1; i0 += block) {
      for (Index s = s0; s < s1; ++s) {
        const double* column = gram(s);
        for (Index i = i0; i < std::min(i0 + block, s); ++i) gram_[i * ld_ + s] = column[i];
      }
    }
  }
}

void Slots::keep(const std::vector<Index>& slots) {
  const auto kept = static_cast<Index>(slots.size());
  for (Index s = 0; s < kept; ++s) {
    const double* from = gram(slots[s]);
    double* to = gram(s);
    for (Index i = 0; i < kept; ++i) to[i] = from[slots[i]];
    c_[s] = c_[slots[s]];
    penalty_[s] = penalty_[slots[s]];
  }
  c_.resize(slots.size());
  penalty_.resize(slots.size());
}

}  // namespace elltwo
