#pragma once

#include "parallel/n_threads.hpp"
#include "parallel/team.hpp"

namespace elltwo {

/// Calls f(task) for the tasks 0, ..., count - 1 of so many operations altogether, on several
/// threads where they are worth it. Tasks must write to places of their own.
template <class F>
void over_tasks(Index count, double operations, int n_threads, F f) {
  const int wanted = count > 1 ? threads_for(n_threads, operations) : 1;
  if (wanted <= 1) {
    for (Index task = 0; task < count; ++task) f(task);
    return;
  }
  TaskCounter tasks(count);
  run_team(wanted, [&](TeamMember&) {
    for (Index task = 0; tasks.next(task);) f(task);
  });
}

}  // namespace elltwo
