#pragma once

#include <span>
#include <vector>

#include "elltwo/views.hpp"

namespace elltwo {

/// Scores of alphas; smaller is better.
struct AlphaScores {
  std::vector<double> score;
  std::vector<double> standard_error;  ///< of each score; empty: not known
};

/// The largest alpha with the smallest score or, with `one_standard_error`, with a score that
/// exceeds the smallest one by at most its standard error.
double chosen_alpha(std::span<const double> alphas, std::span<const double> score,
                    std::span<const double> standard_error, bool one_standard_error);

/// n RSS / (n - edf)^2, infinite where no degrees of freedom are left.
double generalised_cv(double n, double rss, double edf);

/// Weighted means over parts, for each alpha, of `values` (parts x alphas) with one weight for each
/// part, and standard errors that take the parts to be independent.
AlphaScores pooled(std::span<const double> values, std::span<const double> weight);

/// Writes alphas evenly spaced in their logarithm. With edf(alpha) = sum s / (s + alpha) over the
/// positive eigenvalues s, the first has edf = rank - 0.01 and the last edf = 0.01, about. Throws
/// std::invalid_argument where these alphas leave the range of double.
void own_grid(std::span<const double> eigenvalues, std::span<double> out);

/// The same from sum 1 / s and sum s, for eigenvalues s of a well-conditioned matrix.
void own_grid_between(double sum_of_inverses, double sum, std::span<double> out);

}  // namespace elltwo
