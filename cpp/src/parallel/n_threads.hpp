#pragma once

namespace elltwo {

/// The number of threads to start for `work` floating-point operations where the caller allows
/// `requested` (0: the share of this call in num_threads()). Starting a thread takes as long as
/// about 10^6 operations.
int threads_for(int requested, double work);

}  // namespace elltwo
