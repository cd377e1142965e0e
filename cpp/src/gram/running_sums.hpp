#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gram/moments.hpp"
#include "linalg/compensated.hpp"

namespace elltwo {

/// Powers of two that columns (features, then targets) and weights are multiplied with, so that their
/// squares stay within range.
struct SumUnits {
  std::vector<double> column;
  double weight = 1.0;
};

/// Some rows as far as means and squares go; vectors have one value for each column.
struct RowsInSum {
  std::int64_t n_rows = 0;  ///< of positive weight
  DoubleDouble weight;
  std::vector<DoubleDouble> mean;
  std::vector<double> square;        ///< sum w (x - mean)^2
  std::vector<double> square_error;  ///< bounds on what rounding has done to `square`
  std::vector<double> sum_error;     ///< and to sum w x
};

/// Means, and sums of products about them, of rows that come in portions. Sums are kept to twice the working
/// precision: what is added and taken out again leaves no trace, and errors do not grow with the
/// number of portions. Of the targets among themselves there are squares alone.
class RunningSums {
 public:
  RunningSums(Index n_features, Index n_targets);

  /// Of the rows that a Gram matrix about shifts in these units was taken of.
  RunningSums(ShiftedGram taken, Index n_features, SumUnits units, std::int64_t n_rows);

  RunningSums copy() const;

  /// Without rows, in the same units.
  RunningSums empty_like() const;

  Index n_features() const { return n_features_; }
  Index n_targets() const { return static_cast<Index>(rows_.mean.size()) - n_features_; }
  Index cols() const { return static_cast<Index>(rows_.mean.size()); }
  const RowsInSum& rows() const { return rows_; }
  const SumUnits& units() const { return units_; }
  bool empty() const { return rows_.n_rows == 0; }

  /// Entry (i, j) with i <= j, where it is one of the features' or on the diagonal.
  double product(Index i, Index j) const {
    return high_.cols() > 0 ? high_(i, j) + low_at(i, j) : 0.0;
  }

  /// Adds other rows' sums (Chan, Golub and LeVeque 1983, equation 1.5 in matrix form).
  void merge(const RunningSums& other);

  /// Takes out what was merged. Where rounding would be all that is left of a column's squares nothing is
  /// changed and the column returned, or cols() where that is so of the weight, or rows are too few.
  Index subtract(const RunningSums& other);
  static constexpr Index subtracted = -1;

  /// Adds a few rows; weight may be null. False, and nothing is changed, if values are out of range.
  template <Real S>
  bool add_few(MatrixView<S> x, MatrixView<double> y, const double* weight);

  void multiply(double factor);

  /// Of some columns: features, then targets, which count on from the features.
  RunningSums select(std::span<const Index> features, std::span<const Index> targets) const;

  /// As moments about the means or about zero, in units that keep the means' squares within range
  /// as well where `with_means`.
  ScaledMoments moments(bool centred, bool with_means, SumUnits& units) const;

  static constexpr double lowest_square = 1e-200, highest_square = 1e200;

 private:
  friend class SumsCodec;

  struct Step;

  double low_at(Index i, Index j) const { return low_.size() > 0 ? low_[i * high_.ld() + j] : 0.0; }
  void make_low();
  void rescale(const std::vector<int>& column, int weight);
  void update_squares();
  Step step_to(const RowsInSum& other, double sign) const;
  bool in_range(const Step& step, const RowsInSum& other) const;
  std::vector<int> better_units(const Step& step, const RowsInSum& other) const;
  void take_step(Step step);
  bool same_units(const RunningSums& other) const;
  void merge(const RunningSums& other, int rescalings_left);
  void align(RunningSums& other);
  void accumulate(const Step& step, double sign, const RunningSums& other);
  template <class RowOf>
  void accumulate(const Step& step, double sign, RowOf row_of);

  Index n_features_ = 0;
  SumUnits units_;
  RowsInSum rows_;
  GramMatrix high_;     // none: zeros
  Buffer<double> low_;  // what rounding left of the sums in high_, in its places; none: zeros
};

}  // namespace elltwo
