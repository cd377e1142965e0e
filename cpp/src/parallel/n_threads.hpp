#pragma once

namespace elltwo {

/// The cores this process may use: affinity mask and cgroup quota, at least 1.
int available_cores();

/// Threads worth starting for `work` floating-point operations when the caller asked for
/// `requested` (0: all available). Starting one costs about what 10^6 operations do.
int threads_for(int requested, double work);

}  // namespace elltwo
