#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gram/moments.hpp"
#include "linalg/compensated.hpp"

namespace elltwo {

/// Powers of two that multiply columns and weights, so that sums stay within range.
struct SumUnits {
  std::vector<double> column;  ///< one for each feature, then for each target
  double weight = 1.0;
};

/// The number, weights, means and squares of some rows. Vectors have one value for each column.
struct RowsInSum {
  std::int64_t n_rows = 0;  ///< of positive weight
  DoubleDouble weight;      ///< sum of w
  std::vector<DoubleDouble> mean;
  std::vector<double> square;        ///< sum w (x - mean)^2
  std::vector<double> square_error;  ///< bounds on the rounding errors of `square`
  std::vector<double> sum_error;     ///< bounds on the rounding errors of sum w x
};

/// Means, and sums of products about them, of rows that come in portions. Sums are kept to twice
/// the working precision, so that errors do not grow with the number of portions, and rows that are
/// added and removed again leave no rounding errors behind. There are no products of different
/// targets.
class RunningSums {
 public:
  RunningSums(Index n_features, Index n_targets);

  /// The sums of n_rows rows, from their Gram matrix about shifts in these units.
  RunningSums(ShiftedGram about_shift, Index n_features, SumUnits units, std::int64_t n_rows);

  RunningSums copy() const;

  /// Sums of no rows in the same units.
  RunningSums empty_like() const;

  Index n_features() const { return n_features_; }
  Index n_targets() const { return static_cast<Index>(rows_.mean.size()) - n_features_; }
  Index cols() const { return static_cast<Index>(rows_.mean.size()); }
  const RowsInSum& rows() const { return rows_; }
  const SumUnits& units() const { return units_; }
  bool empty() const { return rows_.n_rows == 0; }

  /// Sum of w (x_i - mean_i) (x_j - mean_j) for i <= j, if i is a feature or i = j.
  double product(Index i, Index j) const {
    return high_.cols() > 0 ? high_(i, j) + low_at(i, j) : 0.0;
  }

  /// Adds the rows of other sums (Chan, Golub and LeVeque 1983, equation 1.5 in matrix form).
  void merge(const RunningSums& other);

  /// Removes the rows of other sums that were merged before, and returns `subtracted`. Otherwise
  /// nothing is changed: if only rounding errors would be left of a column's squares, it returns
  /// the column, and if they would be all that is left of the weight, or other has more rows, it
  /// returns cols().
  Index subtract(const RunningSums& other);
  static constexpr Index subtracted = -1;

  /// Adds a few rows one by one; weight may be null (ones). False, and nothing is changed, if
  /// values are out of range or these are the first rows.
  template <Real S>
  bool add_few(MatrixView<S> x, MatrixView<double> y, const double* weight);

  /// Multiplies all weights by a positive factor.
  void multiply(double factor);

  /// The sums of some features and of some targets, which are numbered from n_features() on.
  RunningSums select(std::span<const Index> features, std::span<const Index> targets) const;

  /// The sums as moments about the means or about zero; writes their units. With `with_means` the
  /// units keep the squares of the means within range as well.
  ScaledMoments moments(bool centred, bool with_means, SumUnits& units) const;

  /// Range of sums of squares in which no column is rescaled.
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
  GramMatrix high_;     // sums of products, rounded to double; empty: zeros
  Buffer<double> low_;  // what is missing in high_, in the same layout; empty: zeros
};

}  // namespace elltwo
