#pragma once

#include <vector>

#include "elltwo/logistic.hpp"
#include "sparse/rows.hpp"

namespace elltwo {

/// The rows that are fitted, in scaled coordinates: x^ = s_x x and w^ = s_w w with powers of two s,
/// so that b = s_x b^ and the penalty of b^ is alpha f s_w s_x^2. If intercepts are fitted X is
/// centred by its means, implicitly. A point or direction is a (p + 1) x outputs block: number (j,
/// t) at j * outputs + t, with the intercepts of centred columns last.
template <Real T>
struct SparseLogisticDesign {
  SparseRows<T> x;               ///< the fitted rows of positive weight
  Buffer<std::int32_t> label{};  ///< n
  Buffer<double> weight{};       ///< n; empty: ones
  Buffer<double> offset{};       ///< n x outputs; empty: zeros
  /// The intercepts of the model without predictors; empty: intercepts are not fitted. They have
  /// been added to the offsets if there are any, so that offsets with a large common part leave no
  /// row saturated.
  std::vector<double> null_intercept{};
  double weight_scale = 1.0;     ///< s_w
  double total_weight = 0.0;     ///< sum of the scaled weights
  std::vector<double> shift{};   ///< what has been subtracted of full columns; empty: nothing
  std::vector<double> scale{};   ///< s_x; empty: ones
  std::vector<double> mean{};    ///< weighted means; zeros if intercepts are not fitted
  std::vector<double> spread{};  ///< sum_i w_i (x_ij - mean_j)^2 of every column

  SparseLogisticDesign(SparseRows<T> rows, const LogisticData<T>& data,
                       const LogisticOptions& options);

  Index n() const { return x.rows; }
  Index p() const { return x.cols; }
  Index outputs() const { return outputs_; }
  Index size() const { return (p() + 1) * outputs(); }
  /// Whether intercepts are fitted.
  bool centred() const { return centred_; }

  /// Scaled penalty of feature j. A factor of 0 or infinity wins over any alpha, and either over
  /// scales.
  double penalty(Index j, double alpha) const;
  /// Scaled prior mean of feature j in output t.
  double prior(Index t, Index j) const;

  /// Sets b to the model without predictors. Offsets contain its intercepts already.
  void null_point(double* b) const;
  /// Sets the point b from coefficients (outputs x p) and then intercepts in the user's units.
  void read(std::span<const double> given, double* b) const;
  /// Writes coefficients and intercepts of a point in the user's units. slope, if not null, is the
  /// negative gradient of the loss in the coefficients whose penalty dwarfs the data and zero in
  /// others; those coefficients follow from it: b = m + slope / penalty. The intercepts of several
  /// classes are given mean zero.
  void write(const double* b, const double* slope, double alpha, std::span<double> coef,
             std::span<double> intercept) const;

 private:
  void select_rows(const LogisticData<T>& data);
  void copy_offset(const LogisticData<T>& data, const std::vector<Index>& chosen);
  double offset_shift(Index t) const {
    return offset.data() != nullptr && centred() ? null_intercept[t] : 0.0;
  }
  bool measure_columns(int n_threads);
  double raw_penalty(Index j, double alpha) const;
  double scale_of(Index j) const { return scale.empty() ? 1.0 : scale[j]; }
  double intercept_of_shift(const double* b, Index t) const;

  const LogisticData<T>& data_;
  Index outputs_;
  bool centred_;
};

}  // namespace elltwo
