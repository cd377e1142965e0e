#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "elltwo/rolling.hpp"
#include "kernels/window.hpp"

namespace elltwo {

/// The rows of a rolling problem in the layout of the kernels.
template <Real T>
class RollingRows {
 public:
  /// Checks every value; throws std::invalid_argument naming the first row that is refused.
  RollingRows(const RollingData<T>& data, const RollingOptions& options);

  Index size() const { return data_.x.rows; }
  Index n_targets() const { return data_.y.cols; }
  const RollingData<T>& data() const { return data_; }

  /// Whether row i has a positive weight and no missing value.
  bool counts(Index i) const { return counts_[i] != 0; }
  double weight(Index i) const {
    return data_.sample_weight.empty() ? 1.0 : data_.sample_weight[i];
  }

  /// The first row of the window of step i, `window` rows long unless their first rows are given; 0
  /// stands for all rows so far.
  Index first_row(Index i, Index window) const {
    if (!data_.starts.empty()) return data_.starts[i];
    return window > 0 ? std::max<Index>(0, i + 1 - window) : 0;
  }

  /// The features that are not pinned to zero, and their penalties.
  const std::vector<Index>& features() const { return features_; }
  const std::vector<double>& penalties() const { return penalties_; }

  /// Packs [x | y | weight] of rows first + l * lane_step, ..., first + l * lane_step + n_rows - 1
  /// into lane l. Rows that do not count, or do not exist, get weight zero.
  void pack(Index first, Index lane_step, Index n_rows, const window::Kernels& kernels,
            double* packed) const;

  /// Packs row rows[l] into lane l. A negative number stands for no row, with weight zero.
  void pack_row(const Index* rows, const window::Kernels& kernels, double* packed) const;

  /// x_i.b; NaN where x_i has NaN.
  double product(Index i, const double* coef) const;

 private:
  void check(const RollingOptions& options);
  bool all_finite(Index begin, Index end) const;
  bool all_count(Index first, Index n_rows) const;
  bool pack_whole(Index first, Index lane_step, Index n_rows, const window::Kernels& kernels,
                  double* packed) const;
  void pack_lane(Index first, Index n_rows, Index width, double* lane) const;

  RollingData<T> data_;
  std::vector<std::uint8_t> counts_;  // of each row: whether it counts
  std::vector<Index> features_;       // those that are not pinned
  std::vector<double> penalties_;     // of these features
  std::vector<double> zeros_;         // in place of a row
};

}  // namespace elltwo
