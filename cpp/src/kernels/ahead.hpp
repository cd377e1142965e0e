#pragma once

#include <algorithm>

#include "kernels/source.hpp"

namespace elltwo {

/// Loads the cache line at an address into the caches. The address need not exist.
inline void prefetch(const void* address) { __builtin_prefetch(address); }

/// The cache lines of a source that are to be packed next. They are prefetched one by one while
/// tiles compute, so that reading memory and multiplying overlap on one core. Lines form runs of
/// equal length.
struct Ahead {
  static constexpr Index line_bytes = 64;

  const char* run = nullptr;  ///< the current run
  Index run_stride = 0;       ///< bytes from one run to the next
  Index run_bytes = 0;
  Index runs_left = 0;  ///< the current one included
  Index offset = 0;     ///< of the next line in the current run
  Index every = 1;      ///< steps of the tile loop for each line, a power of two

  /// Prefetches the next line, if there is one.
  void touch() {
    if (runs_left <= 0) return;
    __builtin_prefetch(run + offset, 0, 2);
    offset += line_bytes;
    if (offset >= run_bytes) {
      offset = 0;
      run += run_stride;
      --runs_left;
    }
  }

  /// About the number of lines left.
  Index lines() const { return runs_left * ((run_bytes + line_bytes - 1) / line_bytes); }

  /// Sets `every` so that the lines spread over this many steps.
  void spread(Index steps) {
    every = 1;
    while (lines() > 0 && 2 * every * lines() <= steps) every *= 2;
  }
};

/// The lines of rows [k0, k0 + kc) of the source. None for gathered rows, and for strides without
/// runs.
template <Real S>
Ahead lines_of(const Source<S>& source, Index k0, Index kc) {
  constexpr auto size = static_cast<Index>(sizeof(S));
  const auto& x = source.x;
  if (source.row_index != nullptr || kc <= 0) return {};
  const bool rows_run = x.col_stride == 1;
  if (!rows_run && x.row_stride != 1) return {};
  const Index n_runs = rows_run ? kc : x.cols;
  const Index stride = rows_run ? x.row_stride : x.col_stride;
  const Index length = rows_run ? x.cols : kc;
  const S* first = x.data + (rows_run ? k0 * x.row_stride : k0);
  Ahead ahead{.run = reinterpret_cast<const char*>(first),
              .run_stride = stride * size,
              .run_bytes = length * size,
              .runs_left = n_runs};
  if (stride == length) {  // no gaps: one long run
    ahead.run_bytes *= ahead.runs_left;
    ahead.runs_left = std::min<Index>(ahead.runs_left, 1);
  }
  return ahead;
}

}  // namespace elltwo
