#pragma once

#include <memory>

#include "solvers/elastic_net/wide_path.hpp"

namespace elltwo {

/// wide_path() for all targets together, see GroupedSolver: working sets of rows, and one pass over
/// X for the residuals of all targets at each alpha, which gives the certificate and the features
/// that enter next.
template <Real T>
std::unique_ptr<NetSolver> grouped_wide_path(const NetDesign<T>& design, const NetTerms& terms,
                                             const WideOptions& options, Monitor& monitor);

}  // namespace elltwo
