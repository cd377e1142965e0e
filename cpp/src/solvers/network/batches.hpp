#pragma once

#include <vector>

#include "solvers/network/rows.hpp"

namespace elltwo::network {

/// Copies rows of a problem into consecutive memory.
class GatheredRows {
 public:
  GatheredRows(const Rows<float>& rows, Index most_rows);

  /// The rows of these numbers, valid until the next call.
  RowBlock<float> gather(const Index* row, Index n);

 private:
  const Rows<float>& rows_;
  RowBlock<float> all_;
  Buffer<float> x_;
  Buffer<double> y_;
  Buffer<double> weight_;
  std::vector<std::int32_t> label_;
};

/// Writes a permutation of 0, ..., n - 1 that depends on the seed and the epoch alone (Fisher and
/// Yates).
void shuffle(std::uint64_t seed, int epoch, std::vector<Index>& order);

}  // namespace elltwo::network
