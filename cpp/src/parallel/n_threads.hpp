#pragma once

namespace elltwo {

/// The number of cores that this process may use by its affinity mask and its control group's
/// quota, at least 1.
int available_cores();

/// The number of threads to start for `work` floating-point operations where the caller allows
/// `requested` (0: all available cores). Starting a thread takes as long as about 10^6 operations.
int threads_for(int requested, double work);

}  // namespace elltwo
