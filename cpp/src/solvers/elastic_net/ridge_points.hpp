#pragma once

#include <functional>
#include <span>
#include <vector>

#include "elltwo/elastic_net.hpp"
#include "solvers/elastic_net/path_writer.hpp"
#include "solvers/elastic_net/residuals.hpp"

namespace elltwo {

/// Fits all targets by ridge regression at one alpha, in the user's units.
using RidgeFit = std::function<SolveInfo(std::span<const double> alpha, std::span<double> coef,
                                         std::span<double> intercept)>;

/// What the points of a path without an L1 penalty are made of.
struct RidgePoints {
  RidgeFit fit;
  const NetFrame& frame;
  const std::vector<char>& pinned;
  const NetResiduals& rows;
  Monitor& monitor;
};

/// Appends to paths the points at these alphas, where l1_ratio is 0 or alpha is: coefficients are
/// those of ridge regression, to the bit. Sets the status where one did not converge. Throws
/// Interrupted.
void append_ridge_points(const RidgePoints& points, std::span<const double> alphas,
                         const ElasticNetOptions& options, ElasticNetPaths& paths);

}  // namespace elltwo
