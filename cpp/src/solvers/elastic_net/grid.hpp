#pragma once

#include <vector>

#include "elltwo/elastic_net.hpp"

namespace elltwo {

/// n_alphas penalties in a geometric progression from the largest of these alpha_max (one for each
/// target, in the user's units) down to `ratio` times the smallest of those that are not 0. Of 1
/// where all are 0: then every penalty gives the null model.
std::vector<double> alpha_grid(const std::vector<double>& alpha_max, Index n_alphas, double ratio);

/// The given alphas, falling and without repetition.
std::vector<double> falling(std::span<const double> alphas);

/// The alphas at which the L1 penalty takes part, and those at which the fit is that of ridge
/// regression: all where l1_ratio is 0, else an alpha of 0. Both falling.
struct DividedAlphas {
  std::vector<double> l1;
  std::vector<double> ridge;
  bool grid = false;  ///< none is given: those of the L1 penalty are to be chosen

  DividedAlphas(std::span<const double> alphas, double l1_ratio);
  bool has_l1() const { return grid || !l1.empty(); }
};

}  // namespace elltwo
