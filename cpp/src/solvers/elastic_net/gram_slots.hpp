#pragma once

#include <vector>

#include "gram/moments.hpp"
#include "solvers/active_set/slots.hpp"
#include "solvers/elastic_net/penalty.hpp"

namespace elltwo {

/// A slot for each of these features, in this order, with their products and linear term (c has a
/// value for every feature).
void fill_slots(const ScaledMoments& moments, const std::vector<Index>& features,
                const NetPenalty& penalty, const std::vector<double>& c, Slots& slots);

/// Z'W (y - Z m) of one target for prior means m in scaled coordinates (empty: zeros), and the sum
/// of squares of y - Z m about its mean.
struct LinearTerm {
  std::vector<double> c;
  double total = 0.0;
};
LinearTerm linear_term(const ScaledMoments& moments, Index target,
                       const std::vector<double>& prior);

/// r'W r of a point d, given q = c - G d: total - d'(c + q), not below 0.
double residual_square(const LinearTerm& linear, const double* d, const double* q);

/// Which features have no spread in their moments.
std::vector<char> features_without_spread(const ScaledMoments& moments);

}  // namespace elltwo
