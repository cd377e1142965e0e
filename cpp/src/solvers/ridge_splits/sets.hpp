#pragma once

#include <vector>

#include "elltwo/cross_validation.hpp"

namespace elltwo {

/// Throws std::invalid_argument unless the splits fit n rows.
void validate_splits(const Splits& splits, Index n);

/// The training weights and the test rows of one split.
struct SplitSets {
  std::vector<double>
      train_weight;  ///< n; weights of the data times the times that a split trains on a row
  std::vector<Index> test_rows;
  std::vector<double> test_weight;  ///< one for each of test_rows
  double test_total = 0.0;          ///< sum of test_weight

  /// Empty sample_weight: ones. Throws std::invalid_argument if all weights of a set are zero.
  SplitSets(const Splits& splits, Index split, std::span<const double> sample_weight);
};

}  // namespace elltwo
