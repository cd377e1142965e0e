#include "linalg/row_triangle.hpp"

#include <algorithm>
#include <atomic>
#include <vector>

#include "linalg/orthogonal.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"

namespace elltwo {
namespace {

constexpr Index max_row_groups = 8;
constexpr double group_operations = 5e7;

}  // namespace

bool row_triangle(Index n, Index p, Index t, const FillRows& fill, int n_threads, Monitor& monitor,
                  Buffer<double>& top) {
  const Index cols = p + t;
  const Index chunk = std::min(n, std::max<Index>(256, 3 * p));
  const Index ld = p + std::max(chunk, p);
  const double work = 2.0 * static_cast<double>(n) * p * cols;
  const Index n_groups = std::clamp<Index>(
      std::min(static_cast<Index>(work / group_operations), n / (4 * chunk)), 1, max_row_groups);
  std::vector<Buffer<double>> tops(n_groups);
  TaskCounter groups(n_groups);
  std::atomic<bool> stop{false};
  const int team = threads_for(n_threads, work);
  run_team(static_cast<int>(std::min<Index>(team, n_groups)), [&](TeamMember& member) {
    for (Index g = 0; groups.next(g) && !stop;) {
      auto& stack = tops[g];
      stack = Buffer<double>::zeros(ld * cols);
      const Index last = (g + 1) * n / n_groups;
      for (Index k = g * n / n_groups; k < last && !stop; k += chunk) {
        const Index rows = std::min(chunk, last - k);
        fill(k, rows, stack.data() + p, ld);
        fold_rows(p, rows, t, stack.data(), ld);
        if (member.rank() == 0 && monitor.should_stop()) stop = true;
      }
    }
  });
  if (stop) return false;
  for (Index g = 1; g < n_groups; ++g) {
    for (Index c = 0; c < cols; ++c) {
      std::copy_n(tops[g].data() + c * ld, p, tops[0].data() + c * ld + p);
    }
    fold_rows(p, p, t, tops[0].data(), ld);
  }
  top = Buffer<double>(p * cols);
  for (Index c = 0; c < cols; ++c) std::copy_n(tops[0].data() + c * ld, p, top.data() + c * p);
  return true;
}

}  // namespace elltwo
