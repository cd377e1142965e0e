#pragma once

namespace elltwo {

/// The number of cores that this process may use by its affinity mask and its control groups'
/// quotas, at least 1.
int available_cores();

}  // namespace elltwo
