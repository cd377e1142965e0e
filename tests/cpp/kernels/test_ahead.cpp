#include <algorithm>
#include <set>

#include "check.hpp"
#include "kernels/ahead.hpp"
#include "support/data.hpp"
#include "support/layouts.hpp"

namespace elltwo::test {
namespace {

using Bytes = const char*;

/// Where lines are fetched, in order.
std::vector<Bytes> fetched(Ahead ahead) {
  std::vector<Bytes> lines;
  while (ahead.runs_left > 0) {
    lines.push_back(ahead.run + ahead.offset);
    ahead.touch();
  }
  ahead.touch();  // nothing is left: no harm
  return lines;
}

/// True if every element of rows [k0, k0 + kc) lies within 64 bytes behind a fetched address.
template <Real S>
bool covers(const std::vector<Bytes>& lines, MatrixView<S> x, Index k0, Index kc) {
  const std::set<Bytes> sorted(lines.begin(), lines.end());
  for (Index i = k0; i < k0 + kc; ++i) {
    for (Index j = 0; j < x.cols; ++j) {
      const auto at = reinterpret_cast<Bytes>(&x(i, j));
      const auto next = sorted.upper_bound(at);
      if (next == sorted.begin() || at - *std::prev(next) >= Ahead::line_bytes) return false;
    }
  }
  return true;
}

bool leaves_runs(const Layout& layout) {
  return layout.step == 1 && !(layout.column_major ? layout.reverse_rows : layout.reverse_cols);
}

template <Real S>
void check_rows(const Layout& layout, Index p, Index k0, Index kc) {
  const Case which(layout.name, p, "columns, rows from", k0, "number", kc);
  const auto x = lay_out<S>(layout, random_matrix(40, p, 1701));
  const auto ahead = lines_of(Source<S>{.x = x.view}, k0, kc);
  const auto lines = fetched(ahead);
  CHECK_EQUAL(static_cast<Index>(lines.size()), ahead.lines());
  if (leaves_runs(layout)) CHECK(covers(lines, x.view, k0, kc));
  const Bytes first = reinterpret_cast<Bytes>(x.storage.data());
  const Bytes end = first + x.storage.size() * sizeof(S);
  CHECK(std::ranges::all_of(lines, [&](Bytes at) { return at >= first && at < end; }));
}

}  // namespace

TEST(ahead, fetches_all_lines_of_the_rows_and_nothing_else) {
  for (const auto& layout : layouts) {
    for (const Index p : {2, 7, 8, 9, 40}) {
      for (const auto& [k0, kc] : {std::pair<Index, Index>{0, 40}, {3, 1}, {16, 24}, {39, 1}}) {
        check_rows<double>(layout, p, k0, kc);
        check_rows<float>(layout, p, k0, kc);
      }
    }
  }
}

TEST(ahead, fetches_nothing_where_there_is_nothing) {
  const auto x = random_matrix(10, 4, 1702);
  const Index rows[] = {1, 2};
  CHECK_EQUAL(lines_of(Source<double>{.x = x.view()}, 10, 0).lines(), 0);
  CHECK_EQUAL(lines_of(Source<double>{.x = x.view(), .row_index = rows}, 0, 2).lines(), 0);
}

TEST(ahead, lines_are_spread_over_the_steps) {
  const auto x = random_matrix(64, 16, 1703);
  Ahead ahead = lines_of(Source<double>{.x = x.view()}, 0, 64);
  const Index lines = ahead.lines();
  for (const Index steps : {Index{1}, lines, 3 * lines, 4 * lines, 1000 * lines}) {
    ahead.spread(steps);
    CHECK((ahead.every & (ahead.every - 1)) == 0);
    CHECK(ahead.every * lines <= std::max(steps, lines));
    CHECK(2 * ahead.every * lines > steps);
  }
}

}  // namespace elltwo::test
