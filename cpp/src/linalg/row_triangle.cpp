#include "linalg/row_triangle.hpp"

#include <algorithm>
#include <vector>

#include "linalg/orthogonal.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index max_row_groups = 8;       // groups of rows with a triangle of their own
constexpr double group_operations = 5e7;  // operations of a group, about

// Adds the squares of rows [p, p + rows) of the last t columns to `rest`, which may be empty.
void add_rest(Index p, Index rows, const double* stack, Index ld, std::span<double> rest) {
  for (std::size_t u = 0; u < rest.size(); ++u) {
    const double* column = stack + (p + static_cast<Index>(u)) * ld + p;
    for (Index k = 0; k < rows; ++k) rest[u] += column[k] * column[k];
  }
}

}  // namespace

Buffer<double> row_triangle(Index n, Index p, Index t, const FillRows& fill, int n_threads,
                            Monitor& monitor, std::span<double> rest) {
  const Index cols = p + t;
  const Index chunk = std::min(n, std::max<Index>(256, 3 * p));
  const Index ld = p + std::max(chunk, p);
  const double work = 2.0 * static_cast<double>(n) * p * cols;
  const Index n_groups = std::clamp<Index>(
      std::min(static_cast<Index>(work / group_operations), n / (4 * chunk)), 1, max_row_groups);
  std::vector<Buffer<double>> tops(n_groups);
  std::vector<std::vector<double>> rests(n_groups, std::vector<double>(rest.size(), 0.0));
  TaskCounter groups(n_groups);
  Relay relay(monitor);
  const int team = threads_for(n_threads, work);
  run_team(static_cast<int>(std::min<Index>(team, n_groups)), [&](TeamMember&) {
    auto mine = relay.monitor();
    for (Index g = 0; groups.next(g);) {
      auto& stack = tops[g];
      stack = Buffer<double>::zeros(ld * cols);
      const Index last = (g + 1) * n / n_groups;
      for (Index k = g * n / n_groups; k < last; k += chunk) {
        const Index rows = std::min(chunk, last - k);
        fill(k, rows, stack.data() + p, ld);
        fold_rows(p, rows, t, stack.data(), ld, mine);
        add_rest(p, rows, stack.data(), ld, rests[g]);
        relay.check();
      }
    }
  });
  for (Index g = 1; g < n_groups; ++g) {
    for (Index c = 0; c < cols; ++c) {
      std::copy_n(tops[g].data() + c * ld, p, tops[0].data() + c * ld + p);
    }
    fold_rows(p, p, t, tops[0].data(), ld, monitor);
    add_rest(p, p, tops[0].data(), ld, rests[0]);
    for (std::size_t u = 0; u < rest.size(); ++u) rests[0][u] += rests[g][u];
  }
  std::ranges::copy(rests[0], rest.begin());
  Buffer<double> top(p * cols);
  for (Index c = 0; c < cols; ++c) std::copy_n(tops[0].data() + c * ld, p, top.data() + c * p);
  return top;
}

}  // namespace elltwo
