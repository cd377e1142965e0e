#pragma once

#include <memory>

#include "solvers/elastic_net/grouped_targets.hpp"
#include "solvers/elastic_net/wide_path.hpp"

namespace elltwo {

/// wide_path() for all targets together, see GroupedSolver: working sets of rows, and one pass over
/// X for the residuals of all targets at each alpha, which gives the certificate and the features
/// that enter next.
template <Real T>
std::unique_ptr<NetSolver> grouped_wide_path(const NetDesign<T>& design, const NetTerms& terms,
                                             const WideOptions& options, Monitor& monitor);

/// The solver that is asked for: of each target by itself, or of all together. `shift` is
/// NetFrame::shift.
template <Real T>
std::unique_ptr<NetSolver> solver_on_columns(const NetDesign<T>& design, const NetTerms& terms,
                                             const ElasticNetOptions& options,
                                             const std::vector<double>& shift, Monitor& monitor) {
  const WideOptions asked{options.tol, options.max_iter, options.n_threads, shift};
  return joins_targets(options, design.problem().n_targets())
             ? grouped_wide_path(design, terms, asked, monitor)
             : wide_path(design, terms, asked, monitor);
}

}  // namespace elltwo
