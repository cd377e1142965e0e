#pragma once

#include <span>
#include <vector>

#include "elltwo/cross_validation.hpp"

namespace elltwo {

/// Throws std::invalid_argument unless splits fit together and n rows.
void validate_splits(const Splits& splits, Index n);

/// Rows of the smallest training set.
Index fewest_training_rows(const Splits& splits);

/// The rows of one split at a time, with what they weigh.
class SplitRows {
 public:
  /// Both must outlive the object; no weights: ones.
  SplitRows(const Splits& splits, std::span<const double> sample_weight)
      : splits_(splits), sample_weight_(sample_weight) {}

  /// Takes a split's training weights and test rows; throws if either is without weight.
  void choose(Index s);

  /// Of every row, 0 where it is not trained on.
  const std::vector<double>& train_weight() const { return train_weight_; }
  Index n_trained() const;
  const std::vector<Index>& test_rows() const { return test_rows_; }
  const std::vector<double>& test_weight() const { return test_weight_; }
  double test_total() const { return test_total_; }

 private:
  const Splits& splits_;
  std::span<const double> sample_weight_;
  std::vector<double> train_weight_;
  std::vector<Index> test_rows_;
  std::vector<double> test_weight_;
  double test_total_ = 0.0;
};

}  // namespace elltwo
