#pragma once

#include <algorithm>
#include <functional>

#include "elltwo/monitor.hpp"
#include "parallel/n_threads.hpp"
#include "parallel/relay.hpp"
#include "parallel/team.hpp"

namespace elltwo::network {

/// Calls fit(k, n_threads, monitor) for the fits k < n on several threads, of which each has a part
/// of them to itself if there are fewer fits. `work` is the number of operations of all. Throws
/// Interrupted.
inline void over_fits(Index n, double work, int n_threads,
                      const std::function<void(Index, int, Monitor&)>& fit, Monitor& monitor) {
  const int threads = threads_for(n_threads, work);
  const int side_by_side = static_cast<int>(std::min<Index>(threads, n));
  if (side_by_side == 1) {
    for (Index k = 0; k < n; ++k) fit(k, threads, monitor);
    return;
  }
  TaskCounter fits(n);
  Relay relay(monitor);
  run_team(side_by_side, [&](TeamMember&) {
    Monitor own = relay.monitor();
    for (Index k = 0; fits.next(k);) fit(k, std::max(1, threads / side_by_side), own);
  });
}

}  // namespace elltwo::network
