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

/// The same, where the rounding of moments may have left something of a column that is constant in
/// the rows of positive weight: the rows decide on those that have less than 1e-10 of `spread`.
template <class Vanishes>
std::vector<char> features_without_spread(const ScaledMoments& moments,
                                          const std::vector<double>& spread, Vanishes vanishes) {
  auto without = features_without_spread(moments);
  constexpr double nearly_constant = 1e-10;
  for (Index j = 0; j < moments.n_features; ++j) {
    const bool near = moments.gram(j, j) <= nearly_constant * spread[j];
    if (without[j] == 0 && near && vanishes(j)) without[j] = 1;
  }
  return without;
}

}  // namespace elltwo
