#include <algorithm>
#include <vector>

#include "check.hpp"
#include "solvers/active_set/slots.hpp"

namespace elltwo::test {
namespace {

double entry(Index i, Index s) {
  return 1000.0 * static_cast<double>(std::min(i, s)) + static_cast<double>(std::max(i, s));
}

void write(Slots& slots, Index first, const std::vector<Index>& names) {
  for (Index s = first; s < slots.size(); ++s) {
    for (Index i = 0; i <= s; ++i) slots.gram(s)[i] = entry(names[i], names[s]);
    slots.c(s) = static_cast<double>(names[s]);
  }
  slots.mirror(first);
}

void check_all(const Slots& slots, const std::vector<Index>& names) {
  CHECK_EQUAL(slots.size(), static_cast<Index>(names.size()));
  for (Index s = 0; s < slots.size(); ++s) {
    for (Index i = 0; i < slots.size(); ++i)
      CHECK_EQUAL(slots.gram(i, s), entry(names[i], names[s]));
    CHECK_EQUAL(slots.c(s), static_cast<double>(names[s]));
    CHECK_EQUAL(slots.penalty(s).l1, static_cast<double>(names[s]));
  }
}

}  // namespace

TEST(slots, grow_and_shrink_without_losing_products) {
  Slots slots;
  std::vector<Index> names;
  const auto append = [&](Index n) {
    std::vector<SlotPenalty> penalties;
    const Index first = slots.size();
    for (Index i = 0; i < n; ++i) {
      names.push_back(static_cast<Index>(names.size()) + 1);
      penalties.push_back({.l1 = static_cast<double>(names.back())});
    }
    slots.append(penalties);
    write(slots, first, names);
  };
  for (const Index n : {1, 2, 40, 5, 100, 0, 33}) {
    append(n);
    check_all(slots, names);
  }
  std::vector<Index> kept;
  std::vector<Index> left;
  for (Index s = 0; s < slots.size(); s += 1 + s % 3) {
    kept.push_back(s);
    left.push_back(names[s]);
  }
  slots.keep(kept);
  names = left;
  check_all(slots, names);
  const Index distance = slots.ld();
  slots.reserve(400);
  CHECK(slots.ld() >= 400);
  CHECK(slots.ld() > distance);
  check_all(slots, names);
}

}  // namespace elltwo::test
