#pragma once

#include <vector>

#include "solvers/network/rows.hpp"

namespace elltwo::network {

/// R^2, averaged over the outputs, or the share of rows whose labels are all right; weighted.
class Scores {
 public:
  explicit Scores(const NetworkModel& model);

  /// Takes the outputs of a block, rows of ld numbers.
  void add(const RowBlock<float>& rows, const float* z, Index ld);

  double score() const;

 private:
  bool is_right(const RowBlock<float>& rows, Index i, const float* z) const;

  NetworkLoss loss_;
  Index n_outputs_;
  double weight_ = 0.0;
  double right_ = 0.0;
  // Of each output: mean and spread of y (West 1979), and sum of squared errors.
  std::vector<double> mean_, spread_, error_;
};

}  // namespace elltwo::network
