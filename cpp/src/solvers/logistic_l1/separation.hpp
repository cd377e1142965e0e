#pragma once

#include <optional>
#include <vector>

#include "solvers/logistic_l1/certificate.hpp"

namespace elltwo {

/// The fit of the columns without a penalty alone, if they separate the classes, so that no alpha
/// has a minimum. `free` are these columns as rows of [z_U | 1], or empty.
std::optional<LogisticL1Point> separating_point(const LogisticL1Design& design,
                                                const LogisticL1Penalty& penalty,
                                                const std::vector<double>& free,
                                                const LogisticOptions& options, Monitor& monitor);

}  // namespace elltwo
