#pragma once

#include <memory>
#include <vector>

#include "solvers/elastic_net/design.hpp"
#include "solvers/elastic_net/net_solver.hpp"

namespace elltwo {

/// How a wide path is to be solved.
struct WideOptions {
  double tol = 1e-10;
  int max_iter = 1000;  ///< rounds of the active set at one alpha
  int n_threads = 0;
  std::vector<double> shift{};        ///< NetFrame::shift
  Index most_features = Slots::most;  ///< WideRows::most_features
};

/// Solves on working sets of the columns of X, which must outlive the solver: faces of a few
/// columns' Gram matrix, and passes over all columns that check several alphas together.
template <Real T>
std::unique_ptr<NetSolver> wide_path(const NetDesign<T>& design, const NetTerms& terms,
                                     const WideOptions& options, Monitor& monitor);

}  // namespace elltwo
