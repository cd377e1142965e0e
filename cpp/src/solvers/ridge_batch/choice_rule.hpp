#pragma once

#include <span>
#include <vector>

#include "elltwo/views.hpp"

namespace elltwo {

/// Scores of alphas, smaller is better, and their standard errors (empty: none).
struct AlphaScores {
  std::vector<double> score;
  std::vector<double> standard_error;
};

/// The largest alpha whose score is the smallest, or within that one's standard error of it.
double chosen_alpha(std::span<const double> alphas, std::span<const double> score,
                    std::span<const double> standard_error, bool one_standard_error);

/// n RSS / (n - edf)^2, infinite where no degrees of freedom are left.
double generalised_cv(double n, double rss, double edf);

/// values (parts x alphas), each part of `weight`, as weighted means over the parts, with their standard
/// errors by independence of the parts.
AlphaScores pooled(std::span<const double> values, std::span<const double> weight);

/// Alphas evenly spaced in their logarithm, from where the effective degrees of freedom, sum s / (s + alpha) over
/// the positive eigenvalues s, are 0.01 short of the rank to where they are 0.01. Throws
/// std::invalid_argument where those lie out of range.
void own_grid(std::span<const double> eigenvalues, std::span<double> out);

/// The same from sum 1 / s and sum s, where the largest s is not too far from the smallest.
void own_grid_between(double sum_of_inverses, double sum, std::span<double> out);

}  // namespace elltwo
