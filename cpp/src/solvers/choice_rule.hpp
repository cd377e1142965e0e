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

/// count alphas from low to high, evenly spaced in their logarithm. Throws std::invalid_argument unless
/// low is positive and high finite.
void log_spaced(double low, double high, std::span<double> out);

/// The ends of the grid that the positive eigenvalues suggest, descending: where the effective degrees
/// of freedom, sum s / (s + alpha), are 0.01 short of the rank and where they are 0.01.
void own_grid(std::span<const double> eigenvalues, std::span<double> out);

}  // namespace elltwo
