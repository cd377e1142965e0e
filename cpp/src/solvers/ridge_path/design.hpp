#pragma once

#include <vector>

#include "solvers/ridge/problem.hpp"

namespace elltwo {

/// The columns of a ridge problem whose penalties are alpha phi_a, in the order that decompositions
/// need: first those with phi = 0, then the penalised ones over the square root of phi. A penalised
/// intercept is a column of ones, and then nothing is centred. Pinned features and those that are
/// zero after centring have no column; what the prior means explain is subtracted from the targets.
template <Real T>
class PathDesign {
 public:
  PathDesign(const Problem<T>& problem, const ScaledMoments& moments);

  Index size() const { return static_cast<Index>(feature_.size()); }
  Index n_free() const { return n_free_; }

  /// Gram matrix of the columns (size x size, column-major, both triangles) and their products
  /// with the targets (size x targets), from the moments.
  void gram(double* g, double* gy) const;

  /// The Gram matrix of these columns over other rows, from the features' moments about those rows'
  /// own mean (or about zero).
  void gram_of(const ScaledMoments& other, double* g) const;

  /// The largest diagonal entry of gram() among the penalised features, or among all features if
  /// none is penalised; 0 without features.
  double largest_square() const;

  /// sum of w (y - base)^2 for one target, from the moments.
  double target_square(Index t) const;

  /// The columns, then the targets, of one row, without weights.
  void fill_row(Index row, double* out) const;

  /// The same for a given row of features and targets, which are about zero or about the same
  /// shifts as the design.
  void fill_given(const double* x, const double* y, double ones, double* out) const;

  /// The column that feature j of a sparse row contributes to: weight * value is added to what the
  /// column has in a row of zeros.
  struct Entry {
    Index column = -1;  ///< -1 if the feature has no column
    double weight = 0.0;
  };
  Entry entry_of(Index j) const { return entry_[j]; }
  /// Column a of a row of zeros.
  double of_zeros(Index a) const;
  /// Target t of a sparse row.
  double target(Index row, Index t) const;

  const Problem<T>& problem() const { return problem_; }

  double root_weight(Index row) const {
    return problem_.sqrt_weight() != nullptr ? problem_.sqrt_weight()[row] : 1.0;
  }

  /// The leverage of a row of unit weight that is due to a free intercept.
  double mean_leverage() const { return centred_ ? 1.0 / moments_.weight : 0.0; }

  /// The shifts of the features; null if there are none.
  const double* x_shift() const { return centred_ ? moments_.x_mean.data() : nullptr; }
  /// The shift of target t.
  double y_shift(Index t) const { return centred_ ? moments_.y_mean[t] : 0.0; }

  /// Products of a vector with the columns from its products with the features and with the ones.
  void from_features(const double* features, double ones, double* out) const;

  /// The coefficient of a column of ones, 0 if there is none.
  double ones_coefficient(const double* z) const;

  /// The number of the coefficient that column a belongs to, n_features() for a penalised
  /// intercept.
  Index coefficient(Index a) const { return is_ones(a) ? problem_.n_features() : feature_[a]; }
  /// The coefficient is scale(a) times that of the column.
  double scale(Index a) const { return scale_[a]; }

  /// b = the coefficients of all features for one target, from those of the columns, z.
  void coefficients(Index t, const double* z, double* b) const;

 private:
  bool is_ones(Index a) const { return feature_[a] < 0; }
  double shift_of(Index j) const { return centred_ ? moments_.x_mean[j] : 0.0; }
  void fill_features(Index row, double* x) const;
  double gram_entry(Index a, Index b) const;
  double raw_product(Index i, Index j) const;
  double raw_target(Index j, Index t) const;

  const Problem<T>& problem_;
  const ScaledMoments& moments_;
  bool centred_;
  Index n_free_ = 0;
  std::vector<Index> feature_;  // the feature of every column, -1 for the ones
  std::vector<double> scale_;   // 1 / sqrt(phi), or 1
  std::vector<double> shift_;
  std::vector<Entry> entry_;  // one for every feature of a sparse X
  std::vector<double>
      prior_offset_;  // what the prior means explain of each target in a row of zeros
};

}  // namespace elltwo
