#pragma once

#include <vector>

#include "elltwo/cross_validation.hpp"

namespace elltwo {

/// Throws std::invalid_argument unless the splits fit n rows.
void validate_splits(const Splits& splits, Index n);

/// One split's training weights and test rows.
struct SplitSets {
  std::vector<double> train_weight;  ///< n
  std::vector<Index> test_rows;
  std::vector<double> test_weight;
  double test_total = 0.0;

  /// Throws std::invalid_argument if either set is without weight. No weights: ones.
  SplitSets(const Splits& splits, Index split, std::span<const double> sample_weight);
};

}  // namespace elltwo
